import type { SummaryInterval } from '../schema/tables/metric-summaries.js';

const minuteUs = 60 * 1_000_000;

/** Length of each interval. µs */
export const intervalUs: Readonly<Record<SummaryInterval, number>> = {
  '5m': 5 * minuteUs,
  '15m': 15 * minuteUs,
  '1h': 60 * minuteUs,
  '1d': 24 * 60 * minuteUs,
};

/** Those that are computed from sketches, the shortest first. */
export const coarseIntervals = ['15m', '1h', '1d'] as const;
export type CoarseInterval = (typeof coarseIntervals)[number];

/** Start of the window of an interval that holds a time; all begin at multiples since the epoch. µs */
export function startOf(interval: SummaryInterval, timeUs: number): number {
  return Math.floor(timeUs / intervalUs[interval]) * intervalUs[interval];
}
