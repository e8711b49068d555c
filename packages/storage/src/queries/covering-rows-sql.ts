import { intervalUs } from '../rollups/intervals.js';
import { summaryIntervals, type SummaryInterval } from '../schema/tables/metric-summaries.js';

/**
 * The summaries of a range that together cover it once: the longest windows that lie in it whole,
 * and shorter ones only where no longer one stands. As common table expressions that end in
 * `covering`, with the start of each window in `us` and its length in `length_us`.
 *
 * Each interval is held against the longer windows that were taken, which are few: of a month the
 * days and the hours at its ends, and not all that lies below them.
 *
 * @param intervals which windows may be used
 * @param where a condition on service_id and metric_name, TRUE for all
 * @param rangeUs two expressions of SQL for the start and the end of the range, µs
 */
export function coveringRowsSql(
  intervals: readonly SummaryInterval[],
  range: { readonly where: string; readonly rangeUs: readonly [string, string] },
): string {
  const longestFirst = summaryIntervals.filter((name) => intervals.includes(name)).reverse();
  const taken = longestFirst.map((interval, index) =>
    takenSql(interval, longestFirst.slice(0, index), range),
  );
  return `${taken.join(',\n')},
covering AS (
  ${longestFirst.map((interval) => `FROM taken_${interval}`).join(' UNION ALL ')}
)`;
}

function takenSql(
  interval: SummaryInterval,
  longer: readonly SummaryInterval[],
  { where, rangeUs: [fromUs, toUs] }: Parameters<typeof coveringRowsSql>[1],
): string {
  return `taken_${interval} AS MATERIALIZED (
  SELECT s.* FROM (
    SELECT timestamp, epoch_us(timestamp) AS us, service_id, metric_name, interval,
      p50, p95, p99, mean, max, count, ${intervalUs[interval]} AS length_us
    FROM all_metric_summaries
    WHERE ${where} AND interval = '${interval}' AND timestamp >= make_timestamp(${fromUs})
      AND timestamp <= make_timestamp(${toUs} - ${intervalUs[interval]})
  ) s
  ${longer.map(outsideSql).join('\n  ')}
)`;
}

/** As a join: NOT EXISTS takes 20 times as long over a month of a thousand metrics. */
function outsideSql(longer: SummaryInterval): string {
  const lengthUs = intervalUs[longer];
  return `ANTI JOIN taken_${longer} AS l${longer}
    ON l${longer}.service_id = s.service_id AND l${longer}.metric_name = s.metric_name
      AND l${longer}.us = s.us // ${lengthUs} * ${lengthUs}`;
}
