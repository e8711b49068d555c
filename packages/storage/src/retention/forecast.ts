/** Rows of one rule that come day by day, and go when they are old enough. */
export interface ForecastBasis {
  /** The rule in a line, or the table where no rule says anything. */
  readonly name: string;
  readonly rowsPerDay: number;
  /** In the file, estimated. */
  readonly bytesPerRow: number;
  /** What stands there now. */
  readonly rows: number;
  /** How long the oldest of them has been there. ms */
  readonly ageMs: number;
  /** Absent: forever. ms */
  readonly keepMs?: number;
}

/** When a limit is reached: a time, `now`, or `never` while nothing else changes. */
export type ForecastTime = Date | 'now' | 'never';

const dayMs = 86_400_000;
/** Beyond this, a forecast says never. */
const horizonDays = 100 * 365;

/**
 * When what the store takes will have grown by `roomBytes`, if rows go on coming as they do: each
 * basis grows by its daily rows until the oldest are as old as they may get, and stays as it is from
 * then on. Pure.
 */
export function timeUntilFull(
  basis: readonly ForecastBasis[],
  roomBytes: number,
  now: Date,
): ForecastTime {
  if (roomBytes <= 0) return 'now';
  const growing = basis
    .map((one) => ({ bytesPerDay: one.rowsPerDay * one.bytesPerRow, days: growsForDays(one) }))
    .filter(({ bytesPerDay, days }) => bytesPerDay > 0 && days > 0)
    .sort((a, b) => a.days - b.days);
  let grown = 0;
  let day = 0;
  for (let index = 0; index < growing.length; index += 1) {
    const bytesPerDay = growing.slice(index).reduce((sum, one) => sum + one.bytesPerDay, 0);
    const until = Math.min(growing[index]!.days, horizonDays);
    const needs = (roomBytes - grown) / bytesPerDay;
    if (day + needs <= until) return new Date(now.getTime() + (day + needs) * dayMs);
    grown += (until - day) * bytesPerDay;
    day = until;
  }
  return 'never';
}

function growsForDays({ keepMs, ageMs }: ForecastBasis): number {
  return keepMs === undefined ? Infinity : Math.max(0, keepMs - ageMs) / dayMs;
}
