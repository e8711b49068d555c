/**
 * Buckets per power of two. The values of one lie less than 2^(1/74) - 1 = 0.941 % apart, so that
 * any value between its least and its largest is within 1 % of each, even after history rounded it.
 */
const bucketsPerOctave = 74;

/** Larger than any bucket's distance from 1: doubles reach from 2^-1074 to 2^1024. */
const offset = 100_000;

/** The number of the bucket that holds a value, as SQL: 0 for zero, mirrored for negative values. */
export function bucketSql(value: string): string {
  return `CASE
    WHEN ${value} = 0 THEN 0
    ELSE sign(${value})::INTEGER * (floor(log2(abs(${value})) * ${bucketsPerOctave})::INTEGER + ${offset})
  END`;
}
