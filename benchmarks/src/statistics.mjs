/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median of pairwise ratios, with the middle half of them: machines drift while a benchmark
 * runs, and two runs next to each other drift together.
 *
 * @param {readonly number[]} ours
 * @param {readonly number[]} floors measured in turn with `ours`
 */
export function pairedRatio(ours, floors) {
  const ratios = ours.map((value, index) => value / floors[index]).sort((a, b) => a - b);
  const at = (/** @type {number} */ q) => ratios[Math.round(q * (ratios.length - 1))];
  return { ratio: median(ratios), low: at(0.25), high: at(0.75) };
}
