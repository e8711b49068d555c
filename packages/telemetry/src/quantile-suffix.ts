/**
 * The ending of the gauge's name that holds a quantile of a summary: 0.5 → `_p50`,
 * 0.999 → `_p99_9`, 1 → `_p100`.
 */
export function quantileSuffix(quantile: number): string {
  // Ten decimals undo what floating point does to 0.29 · 100, and keep any quantile people use.
  const percent = (quantile * 100).toFixed(10).replace(/\.?0+$/, '');
  return `_p${percent.replace('.', '_')}`;
}
