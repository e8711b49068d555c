/**
 * Writes a whole number as little-endian int64, without a BigInt per value; exact up to ±2^53.
 *
 * @param halves the column's memory as halves of its numbers
 */
export function writeInt64(halves: Uint32Array, row: number, value: number): void {
  const high = Math.floor(value / 4294967296);
  halves[row * 2] = value - high * 4294967296;
  halves[row * 2 + 1] = high;
}
