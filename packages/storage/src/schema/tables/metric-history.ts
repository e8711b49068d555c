import { historySummariesSql } from '../../tiers/history-summaries-sql.js';

/**
 * Sealed days of `metric_summaries`: no index, so that old rows slow no write down, and percentiles in
 * {@link historyStepsDdl} where they take less room. Rows sealed together lie by metric, interval,
 * time and service: like values compress best beside each other, and a time that many services share is
 * stored once.
 */
export const metricHistoryDdl = `
CREATE TABLE IF NOT EXISTS metric_history (
    timestamp TIMESTAMP NOT NULL,
    service_id TEXT NOT NULL,
    metric_name TEXT NOT NULL,
    interval TEXT NOT NULL,
    p50 DOUBLE,
    p95 DOUBLE,
    p99 DOUBLE,
    mean DOUBLE,
    max DOUBLE,
    count INTEGER
)`;

/**
 * How far each percentile lies below the next larger figure, in steps of 0.1 %; the percentile itself is
 * NULL then. NULL: the percentile stands as a number.
 */
export const historyStepsDdl = ['p50_steps', 'p95_steps', 'p99_steps'].map(
  (column) => `ALTER TABLE metric_history ADD COLUMN IF NOT EXISTS ${column} INTEGER`,
);

/** Both tiers as one. A key stands in one of them at most. */
export const allMetricSummariesDdl = `
CREATE OR REPLACE VIEW all_metric_summaries AS
SELECT timestamp, service_id, metric_name, interval, p50, p95, p99, mean, max, count
FROM metric_summaries
UNION ALL
${historySummariesSql('metric_history')}`;

/** One row: summaries before this time belong into metric_history, whichever tier they are in yet. */
export const metricTiersDdl = `
CREATE TABLE IF NOT EXISTS metric_tiers (
    sealed_until TIMESTAMP NOT NULL
)`;
