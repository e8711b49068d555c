import { spanValuesSql } from '../spans/span-values-sql.js';
import { classicHistogramsSql } from './classic-histograms-sql.js';
import { noSentHistogramsSql, sentHistogramsSql } from './sent-histograms-sql.js';

/** How the values of a window are to be computed. */
export interface WindowValuesOptions {
  /** On service_id and metric_name: which metrics take part. Default: all. */
  readonly condition?: string;
  /** Whether the window holds points of histograms, classic ones aside. */
  readonly hasHistograms: boolean;
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
  hasHistograms,
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
${hasHistograms ? sentHistogramsSql : noSentHistogramsSql},
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
