import { fiveDigitsSql } from '../tiers/five-digits-sql.js';

const learned = ['mean', 'stddev', 'p50', 'p95', 'p99'];

/**
 * What is normal, from rows of (keys, level, p50, p95, p99), as a query with one row per combination of
 * the keys: mean, stddev, p50, p95, p99, sample_count. One bad window in ten changes none of them much.
 *
 * - mean: of the levels without the lowest and the highest tenth
 * - stddev: 1.4826 times the median distance from the median, or the distance between the 10th and the
 *   90th percentile by 2.563, whichever is larger; both are the standard deviation of normal values.
 *   The first is blind to a metric that has two levels, the second is not.
 * - p50, p95, p99: the median of the windows' own
 *
 * Each with five significant digits.
 *
 * @param source a table expression; NULL only in the percentiles
 * @param more further aggregates over it, each with its name
 */
export function statisticsSql(
  source: string,
  keys: readonly string[],
  more: readonly string[] = [],
): string {
  const names = keys.join(', ');
  const others = more.map((one) => `, ${one.split(' AS ')[1]}`).join('');
  const cut = '(len(levels) // 10)';
  return `SELECT ${names}, ${learned.map((one) => `${fiveDigitsSql(one)} AS ${one}`).join(', ')},
    sample_count${others}
  FROM (
    SELECT ${names}, list_avg(levels[${cut} + 1 : len(levels) - ${cut}]) AS mean,
      greatest(1.4826 * mad, (list_aggregate(levels, 'quantile_cont', 0.9)
        - list_aggregate(levels, 'quantile_cont', 0.1)) / 2.563) AS stddev,
      p50, p95, p99, len(levels)::INTEGER AS sample_count${others}
    FROM (
      SELECT ${names}, list_sort(list(level)) AS levels, mad(level) AS mad,
        median(p50) AS p50, median(p95) AS p95, median(p99) AS p99${more.map((one) => `, ${one}`).join('')}
      FROM ${source}
      GROUP BY ${names}
    )
  )`;
}
