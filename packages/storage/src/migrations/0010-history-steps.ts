import { allMetricSummariesDdl, historyStepsDdl } from '../schema/tables/metric-history.js';
import type { Migration } from './migration.js';

/** Percentiles in history as numbers of steps below the maximum. Rows that are there stay as they are. */
export const historySteps: Migration = {
  version: 10,
  name: 'history-steps',
  statements: [...historyStepsDdl, allMetricSummariesDdl],
};
