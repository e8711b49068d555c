import { windowValuesSql } from '../points/window-values-sql.js';
import { bucketSql } from './bucket-sql.js';

/**
 * Whether a metric belongs to part $4 of $5, counted from 0. A classic histogram and its sum, which
 * are two metrics, belong to the same.
 */
const isInPartSql = `hash(service_id, regexp_replace(metric_name, '_sum$', '')) % $5 = $4`;

/** Takes away the sketches of one part of one window. Parameters: $1 its start, part $2 of $3. */
export const removeSketchesSql = `
DELETE FROM metric_sketches
WHERE interval = '5m' AND window_start = $1 AND ${isInPartSql.replace('$4', '$2').replace('$5', '$3')}`;

/**
 * One statement that computes sketches of one 5-minute window from its points. Parameters: those of
 * {@link windowValuesSql}, and which part of the metrics: $4 of $5. Earlier ones must be gone.
 *
 * A bucket holds numbers that lie within 1 % of each other, with the least and the largest of them:
 * few values, equal values and those at the edges of a distribution stay exact. What a histogram
 * counted keeps the bucket that its sender chose.
 */
export const sketchWindowSql = `${windowValuesSql(
  `series_id IN (SELECT series_id FROM series WHERE ${isInPartSql})`,
)},
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
INSERT INTO metric_sketches
SELECT '5m', $1::TIMESTAMP, service_id, metric_name, is_histogram, count, sum, max, lows, highs, counts
FROM (FROM number_sketches UNION ALL BY NAME FROM histogram_sketches)
`;
