/**
 * Sealed days of `metric_summaries`: the same columns and no index, so that a row takes a third of the
 * room and old rows slow no write down. Rows sealed together lie by metric, interval,
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

/** Both tiers as one. A key stands in one of them at most. */
export const allMetricSummariesDdl = `
CREATE OR REPLACE VIEW all_metric_summaries AS
SELECT timestamp, service_id, metric_name, interval, p50, p95, p99, mean, max, count
FROM metric_summaries
UNION ALL
SELECT timestamp, service_id, metric_name, interval, p50, p95, p99, mean, max, count
FROM metric_history`;

/** One row: summaries before this time belong into metric_history, whichever tier they are in yet. */
export const metricTiersDdl = `
CREATE TABLE IF NOT EXISTS metric_tiers (
    sealed_until TIMESTAMP NOT NULL
)`;
