import {
  allMetricSummariesDdl,
  metricHistoryDdl,
  metricTiersDdl,
} from '../schema/tables/metric-history.js';
import type { Migration } from './migration.js';

/** The history tier of metric summaries, and the view over both tiers. */
export const history: Migration = {
  version: 3,
  name: 'history',
  statements: [metricHistoryDdl, metricTiersDdl, allMetricSummariesDdl],
};
