import { seededRandom, type SeededRandom } from '@coral/testkit';

export const windowMs = 5 * 60_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** A metric that is made up: what it is like when nothing is the matter. */
export interface SeriesModel {
  readonly service: string;
  readonly metric: string;
  readonly base: number;
  /** Standard deviation of the logarithm of its level from window to window. */
  readonly noise: number;
  /** What time makes of it, 1 for nothing; ms since the start, which is a Monday, midnight. */
  readonly rhythm?: (ms: number) => number;
  /** Whether it has a value in a window at all. */
  readonly isThere?: (ms: number, random: SeededRandom) => boolean;
}

/** What happens to it: a factor of its level, or undefined for no value. */
export type Effect = (ms: number) => number | undefined;

/** Gives the level of a series window by window; undefined where it has none. */
export function playSeries(
  model: SeriesModel,
  effects: readonly Effect[],
  seed: number,
): (ms: number) => number | undefined {
  const random = seededRandom(seed);
  const { noise, rhythm = () => 1, isThere = () => true } = model;
  // What was high a moment ago is rather high now: levels do not jump about.
  let drift = 0;
  return (ms) => {
    drift = 0.6 * drift + 0.8 * random.normal(0, noise);
    // One window in 150 is an outlier, as everywhere.
    const outlier = random.next() < 1 / 150 ? random.pick([0.3, 3, 8]) : 1;
    const there = isThere(ms, random);
    let level = model.base * rhythm(ms) * Math.exp(drift) * outlier;
    for (const effect of effects) {
      const factor = effect(ms);
      if (factor === undefined) return undefined;
      level *= factor;
    }
    return there ? level : undefined;
  };
}

/** Busy by day, quiet by night, half as busy at the weekend; the peak's height as a factor. */
export function officeHours(peak: number, shiftHours = 0) {
  return (ms: number) => {
    const hour = (((ms / hourMs + shiftHours) % 24) + 24) % 24;
    const isWeekend = Math.floor(ms / dayMs) % 7 >= 5;
    const wave = Math.max(0, Math.sin(((hour - 6) / 14) * Math.PI));
    return 1 + (peak - 1) * wave * (hour >= 6 && hour <= 20 ? 1 : 0) * (isWeekend ? 0.5 : 1);
  };
}
