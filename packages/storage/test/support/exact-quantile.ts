/** The value at rank q * (n - 1) of sorted values, between two of them in proportion: quantile_cont. */
export function exactQuantile(sorted: readonly number[], q: number): number {
  const rank = q * (sorted.length - 1);
  const low = sorted[Math.floor(rank)]!;
  return low + (sorted[Math.ceil(rank)]! - low) * (rank % 1);
}
