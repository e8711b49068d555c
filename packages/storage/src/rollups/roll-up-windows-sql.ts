import { fromJsonRows } from '../duckdb/json-rows.js';
import { coarseIntervals, intervalUs, type CoarseInterval } from './intervals.js';
import { mergedSketchesSql } from './merged-sketches-sql.js';

/** Windows of coarser intervals, as a JSON parameter. */
export const windowsFromJson = fromJsonRows({ interval: 'VARCHAR', us: 'BIGINT' });

/**
 * One query that computes the summaries of windows of coarser intervals from the sketches in them,
 * with the columns of `metric_summaries`. Parameters: $1 the windows as JSON, $2 the earliest
 * start, $3 the latest end.
 *
 * A quantile is what quantile_cont gives: the value at rank q * (count - 1), between two values in
 * proportion. A bucket's first and last value are known, those in between are placed evenly. What
 * histograms counted is placed evenly within the sender's buckets, as in 5-minute summaries.
 */
export const rollUpWindowsSql = `
WITH windows AS MATERIALIZED (
  SELECT interval, make_timestamp(us) AS start FROM ${windowsFromJson.replace('?', '$1')}
),
${mergedSketchesSql(coarseIntervals.map(sketchesInSql).join('\n  UNION ALL\n  '), ['start', 'wanted'])},
ranked AS (
  SELECT *,
    sum(count) OVER (PARTITION BY id ORDER BY high, low ROWS UNBOUNDED PRECEDING) - count AS before,
    sum(count) OVER (PARTITION BY id) AS total
  FROM buckets
),
quantiles AS (
  SELECT id, ${['0.5', '0.95', '0.99'].map(quantileSql).join(', ')}
  FROM ranked JOIN totals t USING (id)
  GROUP BY id
)
SELECT start AS timestamp, service_id, metric_name, wanted AS interval,
  ${finiteSql('"0.5"')} AS p50, ${finiteSql('"0.95"')} AS p95, ${finiteSql('"0.99"')} AS p99,
  ${finiteSql('(sum / count)')} AS mean, max,
  least(round(count), 2147483647)::INTEGER AS count
FROM totals LEFT JOIN quantiles USING (id)
-- Two kinds of metric under one name: the one with more values speaks for it.
QUALIFY row_number() OVER (
  PARTITION BY start, service_id, metric_name, wanted ORDER BY totals.count DESC, is_histogram) = 1
`;

/** A day's closed hours are one sketch; the shorter intervals have none that are closed. */
function sketchesInSql(interval: CoarseInterval): string {
  const start = `make_timestamp(epoch_us(window_start) // ${intervalUs[interval]} * ${intervalUs[interval]})`;
  return `SELECT '${interval}' AS wanted, ${start} AS start, * FROM metric_sketches
  WHERE window_start >= $2 AND window_start < $3${interval === '1d' ? '' : ` AND interval = '5m'`}
    AND ${start} IN (SELECT w.start FROM windows w WHERE w.interval = '${interval}')`;
}

/** Values near the largest double may add up to more than a double holds. */
function finiteSql(value: string): string {
  return `CASE WHEN isfinite(${value}) THEN ${value} END`;
}

function quantileSql(q: string): string {
  const rank = `(${q} * (total - 1))`;
  const lower = valueAtSql(`floor${rank}`);
  const upper = valueAtSql(`ceil${rank}`);
  const share = `(any_value${rank} - floor(any_value${rank}))`;
  return `CASE
    WHEN any_value(is_histogram) THEN
      arg_min(low + (high - low) * (${q} * total - before) / ranked.count, before)
        FILTER (before + ranked.count >= ${q} * total)
    ELSE ${lower} + (${upper} - ${lower}) * ${share}
  END AS "${q}"`;
}

/** The value at a rank, counted from 0. */
function valueAtSql(rank: string): string {
  return `max(low + (high - low) * (${rank} - before) / greatest(ranked.count - 1, 1))
      FILTER (before <= ${rank} AND ${rank} < before + ranked.count)`;
}
