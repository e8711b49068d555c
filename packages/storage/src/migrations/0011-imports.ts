import { importsDdl } from '../schema/tables/imports.js';
import type { Migration } from './migration.js';

/** What makes an import without ids repeatable. */
export const imports: Migration = {
  version: 11,
  name: 'imports',
  statements: [importsDdl],
};
