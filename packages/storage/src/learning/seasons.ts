import { dayMs, hourMs } from './whole-windows.js';

/** A rhythm that metrics follow. */
export interface Season {
  readonly name: 'day' | 'week';
  readonly lengthMs: number;
  /** How many of them are looked back at. */
  readonly lookBack: number;
  /** In fewer than these an hour says nothing yet. */
  readonly least: number;
}

/** Four weeks are what 5-minute summaries are kept for by default. */
export const seasons: readonly Season[] = [
  { name: 'day', lengthMs: dayMs, lookBack: 7, least: 3 },
  { name: 'week', lengthMs: 7 * dayMs, lookBack: 4, least: 3 },
];

/** 1970 began on a Thursday; weeks begin on Monday. ms */
const firstMondayMs = 4 * dayMs;

/** Which hour of a season begins then. ms since the epoch, UTC */
export function hourOfSeason({ lengthMs }: Season, startMs: number): number {
  const into = (startMs - firstMondayMs) % lengthMs;
  return Math.floor((into < 0 ? into + lengthMs : into) / hourMs);
}

/** The same as SQL, of a TIMESTAMP. */
export function hourOfSeasonSql({ lengthMs }: Season, time: string): string {
  return `((epoch_ms(${time}) - ${firstMondayMs}) % ${lengthMs}) // ${hourMs}`;
}

/**
 * Fewer hours wait until so many are due: written together, by metric, they take a third less room. The
 * same hour comes again a day after it was over, and it is not learned before six hours are gone.
 */
const leastHours = 12;

/** Hours of a season that are over and not learned, oldest first: their starts. ms */
export function dueHours(
  season: Season,
  learnedUntil: Date | undefined,
  end: Date,
  most: number,
): number[] {
  const endMs = Math.floor(end.getTime() / hourMs) * hourMs;
  const known = learnedUntil?.getTime() ?? -Infinity;
  if (known <= endMs && known > endMs - leastHours * hourMs) return [];
  // After a pause of a whole season each hour is due once; after a clock that went back, the last is.
  const fromMs = known > endMs ? endMs - hourMs : Math.max(known, endMs - season.lengthMs);
  const hours: number[] = [];
  for (let start = fromMs; start < endMs && hours.length < most; start += hourMs) hours.push(start);
  return hours;
}
