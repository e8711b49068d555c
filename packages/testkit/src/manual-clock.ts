/** A clock that moves only when told. */
export interface ManualClock {
  /** Milliseconds since the epoch. Usable on its own: `openDatabase({ now: clock.now })`. */
  readonly now: () => number;
  /** The same instant as a `Date`. */
  readonly date: () => Date;
  /** Moves forward by `ms` milliseconds and returns the new time. */
  advance(ms: number): number;
  /** Jumps to an instant, earlier ones included, as a machine's clock may, and returns it. */
  set(time: number | Date | string): number;
}

/**
 * Makes a clock for code that takes its time from outside.
 *
 * Units: numbers are milliseconds since the epoch; strings are read as by `Date`.
 *
 * @param start default 2026-01-01T00:00:00Z
 * @throws {RangeError} for an instant that is not a date, or an advance that is negative
 * @example
 * const clock = manualClock('2026-03-01T12:00:00Z');
 * clock.advance(5 * 60_000);
 * clock.date().toISOString(); // '2026-03-01T12:05:00.000Z'
 */
export function manualClock(start: number | Date | string = Date.UTC(2026, 0, 1)): ManualClock {
  let current = toMs(start);
  return {
    now: () => current,
    date: () => new Date(current),
    advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`Cannot advance a clock by ${ms} ms; use set().`);
      current = toMs(current + ms);
      return current;
    },
    set(time) {
      current = toMs(time);
      return current;
    },
  };
}

function toMs(time: number | Date | string): number {
  const ms = new Date(time).getTime();
  if (Number.isNaN(ms)) throw new RangeError(`Not an instant: ${String(time)}`);
  return ms;
}
