/** How many backups stay when older ones are removed. */
export interface KeepBackups {
  /** Days (UTC) of which the newest backup stays; 0: none. */
  readonly daily: number;
  /** Weeks (UTC, from Monday) of which the newest backup stays; 0: none. */
  readonly weekly: number;
}

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** The first Monday after the epoch's Thursday. */
const firstMondayMs = 4 * dayMs;

/**
 * Decides which backups stay: the newest of each of the newest `daily` days and `weekly` weeks that
 * have any, and the newest of all. Days without a backup do not count, so that a colony that was
 * stopped for long loses none.
 *
 * Rotating after each backup and rotating once at the end leave the same.
 *
 * @param times when each was made, in any order
 * @returns those that stay, newest first
 */
export function backupsToKeep(times: readonly Date[], keep: KeepBackups): Date[] {
  const newestFirst = [...times].sort((a, b) => b.getTime() - a.getTime());
  const days = newestOfEach(newestFirst, (ms) => Math.floor(ms / dayMs), keep.daily);
  const weeks = newestOfEach(
    newestFirst,
    (ms) => Math.floor((ms - firstMondayMs) / weekMs),
    keep.weekly,
  );
  return newestFirst.filter(
    (time, index) => index === 0 || days.has(time.getTime()) || weeks.has(time.getTime()),
  );
}

/** The newest of each period, of the newest `count` periods. */
function newestOfEach(
  newestFirst: readonly Date[],
  periodOf: (ms: number) => number,
  count: number,
): Set<number> {
  const newest = new Map<number, number>();
  for (const time of newestFirst) {
    const ms = time.getTime();
    if (!newest.has(periodOf(ms))) newest.set(periodOf(ms), ms);
  }
  return new Set([...newest.values()].slice(0, count));
}
