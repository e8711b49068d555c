import {
  countedRequestsDdl,
  logErrorMinutesDdl,
  logErrorsDdl,
  openEventsDdl,
  serviceInstancesDdl,
  serviceTroublesDdl,
} from '../schema/tables/happenings.js';
import type { Migration } from './migration.js';

/** What events and statuses are derived from. */
export const happenings: Migration = {
  version: 7,
  name: 'happenings',
  statements: [
    logErrorsDdl,
    logErrorMinutesDdl,
    countedRequestsDdl,
    openEventsDdl,
    serviceInstancesDdl,
    serviceTroublesDdl,
  ],
};
