import { intervalUs } from '../rollups/intervals.js';
import { summaryIntervals, type SummaryInterval } from '../schema/tables/metric-summaries.js';

/**
 * The summaries of a range that together cover it once: the longest windows that lie in it whole,
 * and shorter ones only where no longer one stands. As common table expressions that end in
 * `covering`, with the length of each window in `length_us`.
 *
 * @param intervals which windows may be used
 * @param where a condition on service_id and metric_name, TRUE for all
 * @param rangeUs two expressions of SQL for the start and the end of the range, µs
 */
export function coveringRowsSql(
  intervals: readonly SummaryInterval[],
  { where, rangeUs: [fromUs, toUs] }: { where: string; rangeUs: readonly [string, string] },
): string {
  const longestFirst = summaryIntervals.filter((name) => intervals.includes(name)).reverse();
  const pieces = longestFirst.map((interval, index) =>
    [
      `SELECT *, ${intervalUs[interval]} AS length_us FROM in_range r WHERE interval = '${interval}'`,
      ...longestFirst.slice(0, index).map(withoutThoseIn),
    ].join(' AND '),
  );
  return `in_range AS MATERIALIZED (
  SELECT timestamp, epoch_us(timestamp) AS us, service_id, metric_name, interval,
    p50, p95, p99, mean, max, count
  FROM all_metric_summaries
  WHERE ${where} AND timestamp >= make_timestamp(${fromUs}) AND timestamp < make_timestamp(${toUs})
    AND (${longestFirst.map((name) => `(interval = '${name}' AND timestamp <= make_timestamp(${toUs} - ${intervalUs[name]}))`).join(' OR ')})
),
covering AS (
  ${pieces.join('\n  UNION ALL\n  ')}
)`;
}

function withoutThoseIn(longer: SummaryInterval): string {
  return `NOT EXISTS (
      SELECT 1 FROM in_range l
      WHERE l.interval = '${longer}' AND l.service_id = r.service_id AND l.metric_name = r.metric_name
        AND l.us = r.us // ${intervalUs[longer]} * ${intervalUs[longer]})`;
}
