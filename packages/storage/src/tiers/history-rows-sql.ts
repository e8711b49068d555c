import { decimalsOfFiveDigits, fiveDigitsSql } from './five-digits-sql.js';
import { stepsPerE } from './history-summaries-sql.js';

/** Percentiles that are whole numbers below this stay themselves: they are small in the file as they are. */
const wholeBelow = 10_000;

/**
 * Summaries as history keeps them, as SQL: percentiles as steps of 0.1 % below the next larger figure, which
 * compress to half, all else as it is. Conditions and an order may follow.
 *
 * A percentile is then within 0.05 %, p50 ≤ p95 ≤ p99 ≤ max stays true, what equals the maximum does so still,
 * and the same rows again give the same steps. A summary of which that cannot be said, or of which a
 * percentile is a small whole number, keeps numbers of five digits instead: {@link rounded}.
 *
 * Source: decision 0017.
 *
 * @param from a table or query with the columns of `metric_summaries`
 */
export function historyRowsSql(from: string): string {
  return `SELECT timestamp, service_id, metric_name, interval,
  ${['p50', 'p95', 'p99'].map((column) => `CASE WHEN NOT has_steps THEN ${rounded(column)} END AS ${column}`).join(',\n  ')},
  mean, max, count,
  below50 - below95 AS p50_steps, below95 - below99 AS p95_steps, below99 AS p99_steps
FROM (SELECT *, ${stepsBelowMax('p50')} AS below50, ${stepsBelowMax('p95')} AS below95,
    ${stepsBelowMax('p99')} AS below99
  FROM (SELECT *, coalesce(${canHaveSteps}, false) AS has_steps FROM ${from}))`;
}

/** Positive, in their order, and near enough to each other for a ratio with all its digits. */
const canHaveSteps = `p50 > 1e-300 AND p50 <= p95 AND p95 <= p99 AND p99 <= max
    AND isfinite(max) AND max < p50 * 1e100
    AND NOT (${['p50', 'p95', 'p99'].map(isSmallWhole).join(' OR ')})`;

function isSmallWhole(column: string): string {
  return `${column} < ${wholeBelow} AND ${column} = floor(${column}) AND ${column} < max`;
}

function stepsBelowMax(column: string): string {
  return `CASE WHEN has_steps THEN round((ln(max) - ln(${column})) * ${stepsPerE})::INTEGER END`;
}

/**
 * A percentile with five significant digits: the nearest such number, or the next one below where the
 * nearest would lie above the largest value. Rounding again changes nothing.
 */
function rounded(column: string): string {
  const nearest = fiveDigitsSql(column);
  const decimals = decimalsOfFiveDigits(column);
  return `CASE
    WHEN ${nearest} > max AND ${column} <= max
    THEN round(${nearest} - pow(10.0, -${decimals}), ${decimals})
    ELSE ${nearest}
  END`;
}
