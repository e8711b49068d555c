/** How long failures in a row are waited out. */
export interface BackOffOptions {
  /** Longest pause before the second try, ms. */
  readonly firstMs: number;
  /** Longest pause of all, ms. */
  readonly mostMs: number;
  /** From 0 up to but not including 1. Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * How long to wait after so many failures in a row, ms: a bound that doubles with every failure, and
 * from its upper half a time by chance, so that what failed together does not come back together.
 *
 * @param failuresInARow 1 or more
 */
export function backOffMs(
  failuresInARow: number,
  { firstMs, mostMs, random = Math.random }: BackOffOptions,
): number {
  const bound = Math.min(mostMs, firstMs * 2 ** (failuresInARow - 1));
  return bound / 2 + (bound / 2) * random();
}
