import { spanValuesSql } from '../spans/span-values-sql.js';
import { classicHistogramsSql } from './classic-histograms-sql.js';

/** How the values of a window are to be computed. */
export interface WindowValuesOptions {
  /** On service_id and metric_name: which metrics take part. Default: all. */
  readonly condition?: string;
  /** Whether the window may hold two points of one series for one time. */
  readonly mayRepeat: boolean;
  /** Whether the hour before it may. */
  readonly mayRepeatBefore: boolean;
}

/**
 * The values of one window, as common table expressions: `numbers` (service_id, metric_name, value),
 * `histogram_totals`, and `bucket_intervals` (low, high, count). Parameters: $1 start of the window,
 * $2 its end, $3 start of the look-back.
 *
 * What a value is:
 * - gauge, and a sum that may fall: the value itself;
 * - delta sum: the value, which is an increase;
 * - cumulative sum: its increase since the series' point before. A reset (the value fell, or a later
 *   start time that is not before that point) counts the whole value. The first point of a series counts
 *   only when the series began within one window before it; otherwise it is where counting starts.
 * - histogram: each measurement in it, placed evenly within its bucket; of a classic histogram, whose
 *   buckets are series of their own, what those rose by.
 *
 * A point that was sent twice counts once: of several values for one series and time the largest is
 * taken, so that the answer does not depend on the order of arrival. Looking for them costs more than
 * all the rest, so it is left out where there can be none.
 *
 * The value before the window is looked for in the five minutes before it, where it mostly is, and
 * beyond only for series that have none there.
 *
 * What spans say comes as numbers, too: see {@link spanValuesSql}.
 */
export function windowValuesSql({
  condition = 'TRUE',
  mayRepeat,
  mayRepeatBefore,
}: WindowValuesOptions): string {
  return `
WITH ${spanValuesSql(condition)},
members AS MATERIALIZED (
  SELECT series_id, service_id, metric_name,
    kind IN ('sum', 'histogram_bucket') AND temporality = 'cumulative' AND monotonic AS is_counter,
    kind = 'histogram_bucket' AS is_bucket
  FROM series WHERE ${condition}
),
just_before AS MATERIALIZED (
  ${lastPointsSql('$1::TIMESTAMP - INTERVAL 5 MINUTE', '$1', mayRepeatBefore)}
),
long_before AS (
  ${lastPointsSql('$3', '$1::TIMESTAMP - INTERVAL 5 MINUTE', mayRepeatBefore, 'AND series_id NOT IN (SELECT series_id FROM just_before)')}
),
counter_steps AS (
  SELECT series_id, time, start_time, value,
    lag(value) OVER before AS previous_value,
    lag(time) OVER before AS previous_time,
    lag(start_time) OVER before AS previous_start
  FROM (
    ${pointsSql('$1', '$2', mayRepeat, isCounterSql)}
    UNION ALL BY NAME FROM just_before
    UNION ALL BY NAME FROM long_before
  )
  WINDOW before AS (PARTITION BY series_id ORDER BY time)
),
counter_rises AS (
  SELECT series_id, service_id, metric_name, is_bucket,
    CASE
      WHEN previous_time IS NULL OR value < previous_value
        OR (start_time >= previous_time AND start_time > previous_start) THEN value
      ELSE value - previous_value
    END AS value
  FROM counter_steps JOIN members USING (series_id)
  WHERE time >= $1
    AND (previous_time IS NOT NULL OR time - start_time <= INTERVAL 5 MINUTE)
),
numbers AS (
  SELECT service_id, metric_name, value
  FROM (${pointsSql('$1', '$2', mayRepeat, isNoCounterSql)}) JOIN members USING (series_id)
  UNION ALL
  SELECT service_id, metric_name, value FROM counter_rises WHERE NOT is_bucket
  UNION ALL
  SELECT service_id, metric_name, value FROM span_values
),
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
),
${classicHistogramsSql},
histogram_totals AS (
  SELECT service_id, metric_name, sum(count) AS count, sum(sum) AS sum, min(min) AS min,
    max(max) AS max, bool_and(is_max_exact) AS is_max_exact
  FROM (FROM sent_totals UNION ALL BY NAME FROM classic_totals)
  GROUP BY service_id, metric_name
),
bucket_intervals AS (
  FROM sent_intervals UNION ALL BY NAME FROM classic_intervals
)`;
}

const isCounterSql = 'series_id IN (SELECT series_id FROM members WHERE is_counter)';
const isNoCounterSql = 'series_id IN (SELECT series_id FROM members WHERE NOT is_counter)';

/** Numbers between two times, each series and time once. */
function pointsSql(from: string, to: string, mayRepeat: boolean, which: string): string {
  const where = `WHERE time >= ${from} AND time < ${to} AND ${which}`;
  if (!mayRepeat) return `SELECT series_id, time, value, start_time FROM points ${where}`;
  return `SELECT series_id, time, max(value) AS value, max(start_time) AS start_time
    FROM points ${where} GROUP BY series_id, time`;
}

/** The last point of each counter between two times. */
function lastPointsSql(from: string, to: string, mayRepeat: boolean, also = ''): string {
  return `SELECT series_id, max(time) AS time, arg_max(value, time) AS value,
    arg_max(start_time, time) AS start_time
  FROM (${pointsSql(from, to, mayRepeat, `${isCounterSql} ${also}`)})
  GROUP BY series_id`;
}
