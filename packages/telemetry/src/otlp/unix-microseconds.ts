/** No measurement time was sent. */
export const timeMissing = -1;

/**
 * Microseconds of a time in nanoseconds that comes as two unsigned 32-bit halves.
 *
 * 2^32 = 4294967 · 1000 + 296, so every step but the last stays an exact integer without BigInt;
 * the sum is exact up to 2^53 µs (the year 2255), and larger than that for every later time.
 *
 * @returns `timeMissing` for 0, which is how proto3 says "not set".
 */
export function unixMicroseconds(high: number, low: number): number {
  if (high === 0 && low === 0) return timeMissing;
  return high * 4294967 + Math.floor((high * 296 + low) / 1000);
}

/** The same for a decimal number of nanoseconds, as OTLP's JSON has it. */
export function unixMicrosecondsOfDecimal(nanoseconds: string): number {
  if (/^0*$/.test(nanoseconds)) return timeMissing;
  // Cutting the last three digits is an exact division by 1000.
  return Number(nanoseconds.slice(0, -3));
}
