import { retentionHoldsDdl, retentionTrashDdl } from '../schema/tables/retention.js';
import type { Migration } from './migration.js';

/** What retention deleted and can bring back. */
export const retention: Migration = {
  version: 4,
  name: 'retention',
  statements: [retentionTrashDdl, retentionHoldsDdl],
};
