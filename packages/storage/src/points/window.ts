/** Length of the finest summary, 5 minutes. µs */
export const windowUs = 5 * 60 * 1_000_000;

/** Start of the window that holds a time; windows begin at whole multiples since the epoch. µs */
export function windowStartUs(timeUs: number): number {
  return Math.floor(timeUs / windowUs) * windowUs;
}

/**
 * How far back the last value of a counter may lie to count increases from it, 1 hour. µs
 * Points are kept at least this much longer than late ones are accepted.
 */
export const lookbackUs = 60 * 60 * 1_000_000;
