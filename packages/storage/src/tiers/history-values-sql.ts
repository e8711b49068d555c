/** Significant digits that a percentile keeps in history. */
const digits = 5;

/** Beyond these a power of ten is no exact double: such values keep all their digits. */
const least = '1e-15';
const tooLarge = '1e15';

/**
 * The columns of a summary as history keeps them: percentiles with five significant digits, which
 * compress to a third, all else as it is.
 *
 * A percentile is rounded to the nearest such number, or to the next one below where the nearest would
 * lie above the largest value. So it stays within 0.01 % (0.005 % where it need not stay below a
 * maximum), p50 ≤ p95 ≤ p99 ≤ max stays true, numbers of at most five digits stay themselves, and
 * rounding again changes nothing. NULL, NaN, infinities, zero, and what lies outside of 1e-15 to 1e15
 * stay as they are.
 *
 * Source: decision 0017.
 */
export const historyValuesSql = `timestamp, service_id, metric_name, interval,
  ${['p50', 'p95', 'p99'].map(rounded).join(',\n  ')},
  mean, max, count`;

function rounded(column: string): string {
  const decimals = `(${digits - 1} - floor(log10(abs(${column}))))::INTEGER`;
  const nearest = `round(${column}, ${decimals})`;
  return `CASE
    WHEN abs(${column}) >= ${least} AND abs(${column}) < ${tooLarge} THEN
      CASE
        WHEN ${nearest} > max AND ${column} <= max
        THEN round(${nearest} - pow(10.0, -${decimals}), ${decimals})
        ELSE ${nearest}
      END
    ELSE ${column}
  END AS ${column}`;
}
