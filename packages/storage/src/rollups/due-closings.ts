/** The hours or days with data that stay open whatever the clock says: it may have jumped. */
const keepNewest = 3;

/**
 * Which windows are over for good: they ended before the horizon, and three later ones hold data.
 *
 * The second condition is for a clock that jumps forward: without it a jump would close the hour
 * that is going on, and what came after the clock's return would be refused.
 *
 * @param starts windows of one length that hold data. µs
 * @param horizonUs before it, nothing that is accepted can change anything any more. µs
 * @returns starts, oldest first. µs
 */
export function dueClosings(
  starts: readonly number[],
  { lengthUs, horizonUs }: { readonly lengthUs: number; readonly horizonUs: number },
): number[] {
  return [...new Set(starts)]
    .sort((a, b) => a - b)
    .slice(0, -keepNewest)
    .filter((start) => start + lengthUs <= horizonUs);
}
