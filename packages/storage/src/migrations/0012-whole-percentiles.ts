import { allMetricSummariesDdl } from '../schema/tables/metric-history.js';
import type { Migration } from './migration.js';

/** Percentiles of whole numbers are whole in history, too: the view rounds large ones. */
export const wholePercentiles: Migration = {
  version: 12,
  name: 'whole-percentiles',
  statements: [allMetricSummariesDdl],
};
