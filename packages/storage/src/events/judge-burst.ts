/** Errors of one service in one minute. Start of the minute in µs. */
export interface MinuteCount {
  readonly minuteUs: number;
  readonly count: number;
}

/** A burst of errors: the minutes from its first to its last that stand out. */
export interface Burst {
  readonly startedUs: number;
  /** Start of its last minute. µs */
  readonly lastUs: number;
  /** Errors a minute in the half hour before it. */
  readonly usual: number;
}

export const minuteUs = 60_000_000;
/** Fewer errors in a minute are no burst, however quiet it was before. */
const leastErrors = 20;
/** How many times the usual number make a burst. */
const timesUsual = 5;
/** What is usual is an average over so many minutes. */
const usualMinutes = 30;
/** After so many minutes without it a burst is over. */
export const quietMinutes = 5;

/**
 * Decides whether the errors of one minute are a burst: at least 20, and at least five times as many
 * as in an average minute of the half hour before. While a burst lasts, what was usual before it
 * stays the measure; it is over after five minutes below that.
 *
 * @param minutes counts around it; minutes that are not there have none
 * @param open the burst that the minute may belong to
 * @returns the burst with this minute in it; undefined when the minute is in none
 */
export function judgeBurst(
  minute: MinuteCount,
  minutes: readonly MinuteCount[],
  open: Burst | undefined,
): Burst | undefined {
  const isNear =
    open !== undefined &&
    minute.minuteUs >= open.startedUs - quietMinutes * minuteUs &&
    minute.minuteUs <= open.lastUs + quietMinutes * minuteUs;
  const usual = isNear ? open.usual : usualBefore(minute.minuteUs, minutes);
  if (isNear && minute.minuteUs >= open.startedUs && minute.minuteUs <= open.lastUs) return open;
  if (minute.count < Math.max(leastErrors, timesUsual * usual)) return undefined;
  if (!isNear) return { startedUs: minute.minuteUs, lastUs: minute.minuteUs, usual };
  return {
    startedUs: Math.min(open.startedUs, minute.minuteUs),
    lastUs: Math.max(open.lastUs, minute.minuteUs),
    usual,
  };
}

/** Errors of a burst's minutes, and of its worst one. */
export function measureBurst(
  { startedUs, lastUs }: Burst,
  minutes: readonly MinuteCount[],
): { count: number; peak: number } {
  const within = minutes
    .filter(({ minuteUs: at }) => at >= startedUs && at <= lastUs)
    .map(({ count }) => count);
  return { count: within.reduce((sum, count) => sum + count, 0), peak: Math.max(0, ...within) };
}

function usualBefore(beforeUs: number, minutes: readonly MinuteCount[]): number {
  const fromUs = beforeUs - usualMinutes * minuteUs;
  const sum = minutes
    .filter(({ minuteUs: at }) => at >= fromUs && at < beforeUs)
    .reduce((total, { count }) => total + count, 0);
  return sum / usualMinutes;
}
