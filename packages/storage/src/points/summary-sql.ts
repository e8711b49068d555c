import { windowValuesSql, type WindowValuesOptions } from './window-values-sql.js';

/**
 * One query that computes the 5-minute summaries of one window from its points, with the columns of
 * `metric_summaries`. Parameters: those of {@link windowValuesSql}.
 */
export function summariseWindowSql(options: WindowValuesOptions): string {
  return `${windowValuesSql(options)},
number_summaries AS (
  SELECT service_id, metric_name,
    quantile_cont(value, [0.5, 0.95, 0.99]) AS quantiles,
    favg(value) AS mean, max(value) AS max, count(*) AS count
  FROM numbers
  GROUP BY service_id, metric_name
),
bucket_ranks AS (
  SELECT *,
    sum(count) OVER (PARTITION BY service_id, metric_name ORDER BY high, low
      ROWS UNBOUNDED PRECEDING) AS rank,
    sum(count) OVER (PARTITION BY service_id, metric_name) AS total
  FROM bucket_intervals
),
histogram_summaries AS (
  SELECT service_id, metric_name,
    [
      arg_min(low + (high - low) * (0.5 * r.total - (rank - r.count)) / r.count, rank)
        FILTER (rank >= 0.5 * r.total),
      arg_min(low + (high - low) * (0.95 * r.total - (rank - r.count)) / r.count, rank)
        FILTER (rank >= 0.95 * r.total),
      arg_min(low + (high - low) * (0.99 * r.total - (rank - r.count)) / r.count, rank)
        FILTER (rank >= 0.99 * r.total)
    ] AS quantiles,
    any_value(t.sum / t.count) AS mean,
    CASE WHEN any_value(t.is_max_exact) THEN coalesce(any_value(t.max), max(high)) ELSE max(high) END AS max,
    any_value(t.count) AS count
  FROM histogram_totals t LEFT JOIN bucket_ranks r USING (service_id, metric_name)
  WHERE t.count > 0
  GROUP BY service_id, metric_name
)
SELECT $1::TIMESTAMP AS timestamp, service_id, metric_name, '5m' AS interval,
  quantiles[1] AS p50, quantiles[2] AS p95, quantiles[3] AS p99,
  mean, max, least(round(count), 2147483647)::INTEGER AS count
FROM (FROM number_summaries UNION ALL BY NAME FROM histogram_summaries)
-- Two kinds of metric under one name: the one with more values speaks for it.
QUALIFY row_number() OVER (PARTITION BY service_id, metric_name ORDER BY count DESC, mean) = 1
`;
}
