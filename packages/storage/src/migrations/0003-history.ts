import { metricHistoryDdl, metricTiersDdl } from '../schema/tables/metric-history.js';
import type { Migration } from './migration.js';

/** The view as it was until migration 10. */
const allMetricSummariesDdl = `
CREATE OR REPLACE VIEW all_metric_summaries AS
SELECT timestamp, service_id, metric_name, interval, p50, p95, p99, mean, max, count
FROM metric_summaries
UNION ALL
SELECT timestamp, service_id, metric_name, interval, p50, p95, p99, mean, max, count
FROM metric_history`;

/** The history tier of metric summaries, and the view over both tiers. */
export const history: Migration = {
  version: 3,
  name: 'history',
  statements: [metricHistoryDdl, metricTiersDdl, allMetricSummariesDdl],
};
