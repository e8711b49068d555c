/**
 * Common table expressions that make distributions of the histograms of a window: `sent_totals` and
 * `sent_intervals`. They read `members` (series_id, …); parameters are those of `windowValuesSql`.
 */
export const sentHistogramsSql = `
histogram_now AS (
  SELECT series_id, time, max(start_time) AS start_time, max(count) AS count, max(sum) AS sum,
    min(min) AS min, max(max) AS max, max(scale) AS scale
  FROM histogram_points
  WHERE time >= $1 AND time < $2 AND series_id IN (SELECT series_id FROM members)
  GROUP BY series_id, time
),
histogram_series AS (
  SELECT DISTINCT series_id, service_id, metric_name, bounds,
    kind = 'exponential_histogram' AS is_exponential, temporality = 'cumulative' AS is_cumulative
  FROM histogram_now JOIN series USING (series_id)
),
histogram_before AS (
  SELECT series_id, max(time) AS time, arg_max(start_time, time) AS start_time,
    arg_max(count, time) AS count, arg_max(sum, time) AS sum, arg_max(scale, time) AS scale
  FROM histogram_points
  WHERE time >= $3 AND time < $1
    AND series_id IN (SELECT series_id FROM histogram_series WHERE is_cumulative)
  GROUP BY series_id
),
histogram_steps AS (
  SELECT *,
    CASE
      WHEN is_cumulative AND previous_count <= count
        AND NOT (start_time >= previous_time AND start_time > previous_start)
      THEN previous_time
    END AS base_time
  FROM (
    SELECT *,
      lag(time) OVER before AS previous_time,
      lag(start_time) OVER before AS previous_start,
      lag(count) OVER before AS previous_count,
      lag(sum) OVER before AS previous_sum,
      lag(scale) OVER before AS previous_scale
    FROM (FROM histogram_now UNION ALL BY NAME FROM histogram_before)
      JOIN histogram_series USING (series_id)
    WINDOW before AS (PARTITION BY series_id ORDER BY time)
  )
  WHERE time >= $1
    AND (NOT is_cumulative OR previous_time IS NOT NULL
      OR time - start_time <= INTERVAL 5 MINUTE)
),
sent_totals AS (
  SELECT service_id, metric_name,
    sum(count - CASE WHEN base_time IS NULL THEN 0 ELSE previous_count END) AS count,
    sum(sum - CASE WHEN base_time IS NULL THEN 0 ELSE previous_sum END) AS sum,
    min(min) AS min, max(max) AS max,
    bool_and(base_time IS NULL) AS is_max_exact,
    min(least(scale, CASE WHEN base_time IS NULL THEN scale ELSE previous_scale END)) AS scale
  FROM histogram_steps
  GROUP BY service_id, metric_name
),
stored_buckets AS (
  SELECT series_id, time, sign, bucket, max(count) AS count
  FROM histogram_buckets
  WHERE time >= $3 AND time < $2 AND series_id IN (SELECT series_id FROM histogram_series)
  GROUP BY series_id, time, sign, bucket
),
bucket_changes AS (
  SELECT service_id, metric_name, is_exponential, bounds, scale, sign, bucket, b.count
  FROM histogram_steps s JOIN stored_buckets b ON b.series_id = s.series_id AND b.time = s.time
  UNION ALL
  SELECT service_id, metric_name, is_exponential, bounds, previous_scale, sign, bucket, -b.count
  FROM histogram_steps s JOIN stored_buckets b ON b.series_id = s.series_id AND b.time = s.base_time
),
bucket_increases AS (
  SELECT c.service_id, c.metric_name, is_exponential, bounds, t.scale, t.min, t.max, t.count AS total,
    t.sum, sign,
    CASE
      WHEN is_exponential AND sign <> 0 THEN floor(bucket / pow(2, c.scale - t.scale))
      ELSE bucket
    END AS position,
    sum(c.count) AS count
  FROM bucket_changes c JOIN sent_totals t USING (service_id, metric_name)
  GROUP BY ALL
  HAVING sum(c.count) > 0
),
bucket_edges AS (
  SELECT service_id, metric_name, count,
    CASE
      WHEN is_exponential AND sign = 0 THEN 0
      WHEN is_exponential AND sign > 0 THEN pow(2, position * pow(2, -scale))
      WHEN is_exponential THEN -pow(2, (position + 1) * pow(2, -scale))
      WHEN len(bounds) = 0 THEN coalesce(min, sum / total, 0)
      WHEN position = 0 THEN least(coalesce(min, 0), bounds[1])
      ELSE bounds[position::BIGINT]
    END AS low,
    CASE
      WHEN is_exponential AND sign = 0 THEN 0
      WHEN is_exponential AND sign > 0 THEN pow(2, (position + 1) * pow(2, -scale))
      WHEN is_exponential THEN -pow(2, position * pow(2, -scale))
      WHEN len(bounds) = 0 THEN coalesce(max, sum / total, 0)
      WHEN position = len(bounds) THEN greatest(coalesce(max, bounds[-1]), bounds[-1])
      ELSE bounds[position::BIGINT + 1]
    END AS high,
    min, max
  FROM bucket_increases
),
sent_intervals AS (
  SELECT service_id, metric_name, count,
    greatest(low, coalesce(min, low)) AS low, least(high, coalesce(max, high)) AS high
  FROM bucket_edges
)`;

/** The same of a window without any: to plan the above takes longer than most windows take otherwise. */
export const noSentHistogramsSql = `
sent_totals AS (
  SELECT '' AS service_id, '' AS metric_name, 0::DOUBLE AS count, 0::DOUBLE AS sum, 0::DOUBLE AS min,
    0::DOUBLE AS max, true AS is_max_exact
  WHERE false
),
sent_intervals AS (
  SELECT '' AS service_id, '' AS metric_name, 0::DOUBLE AS count, 0::DOUBLE AS low, 0::DOUBLE AS high
  WHERE false
)`;
