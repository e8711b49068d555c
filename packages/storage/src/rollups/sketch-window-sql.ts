import { windowValuesSql, type WindowValuesOptions } from '../points/window-values-sql.js';
import { bucketSql } from './bucket-sql.js';

/**
 * One query that computes sketches of one 5-minute window from its points, with the columns of
 * `metric_sketches`. Parameters: those of {@link windowValuesSql}.
 *
 * A bucket holds numbers that lie within 1 % of each other, with the least and the largest of them:
 * few values, equal values and those at the edges of a distribution stay exact. What a histogram
 * counted keeps the bucket that its sender chose.
 */
export function sketchWindowSql(options: WindowValuesOptions): string {
  return `${windowValuesSql(options)},
number_buckets AS (
  SELECT service_id, metric_name, min(value) AS low, max(value) AS high,
    count(*)::DOUBLE AS count, fsum(value) AS sum
  FROM numbers
  GROUP BY service_id, metric_name, ${bucketSql('value')}
),
number_sketches AS (
  SELECT service_id, metric_name, false AS is_histogram,
    sum(count) AS count, fsum(sum) AS sum, max(high) AS max,
    list(low) AS lows, list(high) AS highs,
    list(count) AS counts
  FROM number_buckets
  GROUP BY service_id, metric_name
),
histogram_lists AS (
  SELECT service_id, metric_name, max(high) AS high,
    list(low) AS lows, list(high) AS highs,
    list(count) AS counts
  FROM bucket_intervals
  GROUP BY service_id, metric_name
),
histogram_sketches AS (
  SELECT service_id, metric_name, true AS is_histogram, t.count, t.sum,
    CASE WHEN t.is_max_exact THEN coalesce(t.max, high) ELSE high END AS max,
    coalesce(lows, []) AS lows, coalesce(highs, []) AS highs, coalesce(counts, []) AS counts
  FROM histogram_totals t LEFT JOIN histogram_lists USING (service_id, metric_name)
  WHERE t.count > 0
)
SELECT '5m' AS interval, $1::TIMESTAMP AS window_start, service_id, metric_name, is_histogram, count, sum, max, lows, highs, counts
FROM (FROM number_sketches UNION ALL BY NAME FROM histogram_sketches)
`;
}
