/** Beyond these a power of ten is no exact double: such values keep all their digits. */
const least = '1e-15';
const tooLarge = '1e15';

/**
 * A DOUBLE with five significant digits, as SQL: decimal numbers that are short, DuckDB keeps in half the room.
 *
 * It stays within 0.01 %, numbers of at most five digits stay themselves, and rounding again changes
 * nothing. NULL, NaN, infinities, zero, and what lies outside of 1e-15 to 1e15 stay as they are.
 */
export function fiveDigitsSql(value: string): string {
  return `CASE WHEN abs(${value}) >= ${least} AND abs(${value}) < ${tooLarge}
    THEN round(${value}, ${decimalsOfFiveDigits(value)}) ELSE ${value} END`;
}

/** How many decimals it then has; below zero: how many digits before the point are zeros. */
export function decimalsOfFiveDigits(value: string): string {
  return `(4 - floor(log10(abs(${value}))))::INTEGER`;
}
