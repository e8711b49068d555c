import { historyStepsDdl } from '../schema/tables/metric-history.js';
import type { Migration } from './migration.js';

/** The view as it was until migration 12. */
const allMetricSummariesDdl = `
CREATE OR REPLACE VIEW all_metric_summaries AS
SELECT timestamp, service_id, metric_name, interval, p50, p95, p99, mean, max, count
FROM metric_summaries
UNION ALL
SELECT timestamp, service_id, metric_name, interval,
  coalesce(p50, max * exp((p50_steps + p95_steps + p99_steps) / -1e3)) AS p50,
  coalesce(p95, max * exp((p95_steps + p99_steps) / -1e3)) AS p95,
  coalesce(p99, max * exp(p99_steps / -1e3)) AS p99,
  mean, max, count
FROM metric_history`;

/** Percentiles in history as numbers of steps below the maximum. Rows that are there stay as they are. */
export const historySteps: Migration = {
  version: 10,
  name: 'history-steps',
  statements: [...historyStepsDdl, allMetricSummariesDdl],
};
