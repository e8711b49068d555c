import { describe, expect, it } from '@jest/globals';
import { judgeBurst, measureBurst, type Burst, type MinuteCount } from './judge-burst.js';

const at = (minute: number, count: number): MinuteCount => ({
  minuteUs: minute * 60_000_000,
  count,
});
/** Counts of the minutes from 0 on. */
const minutes = (...counts: number[]) => counts.map((count, minute) => at(minute, count));

/** Judges minute after minute, as they come. */
const bursts = (counts: readonly number[]): Burst[] => {
  const found: Burst[] = [];
  const seen = minutes(...counts);
  for (const minute of seen) {
    const burst = judgeBurst(minute, seen, found.at(-1));
    if (!burst) continue;
    if (burst.startedUs === found.at(-1)?.startedUs) found.pop();
    found.push(burst);
  }
  return found;
};
const quiet = (length: number, count = 0) => Array<number>(length).fill(count);

describe('judgeBurst', () => {
  it('takes 20 errors of a minute for a burst where there were none, and not 19', () => {
    expect(bursts([...quiet(30), 19])).toEqual([]);
    expect(bursts([...quiet(30), 20])).toEqual([
      { startedUs: 30 * 60_000_000, lastUs: 30 * 60_000_000, usual: 0 },
    ]);
  });

  it('takes five times the usual number for a burst, and not less', () => {
    expect(bursts([...quiet(30), ...quiet(30, 10), 49])).toEqual([]);
    expect(bursts([...quiet(30), ...quiet(30, 10), 50])).toMatchObject([{ usual: 10 }]);
  });

  it('is one burst as long as it goes on, with pauses of less than six minutes', () => {
    const counts = [...quiet(30), 50, 60, 0, 0, 0, 0, 70, ...quiet(6), 80];
    expect(bursts(counts)).toMatchObject([
      { startedUs: 30 * 60_000_000, lastUs: 36 * 60_000_000 },
      { startedUs: 43 * 60_000_000, lastUs: 43 * 60_000_000 },
    ]);
  });

  it('measures a long burst by what was usual before it', () => {
    expect(bursts([...quiet(30), ...quiet(120, 50)])).toEqual([
      { startedUs: 30 * 60_000_000, lastUs: 149 * 60_000_000, usual: 0 },
    ]);
  });

  it('takes a late minute into the burst that it precedes', () => {
    const open = { startedUs: 30 * 60_000_000, lastUs: 31 * 60_000_000, usual: 0 };
    expect(judgeBurst(at(28, 25), minutes(), open)).toEqual({
      ...open,
      startedUs: 28 * 60_000_000,
    });
    expect(judgeBurst(at(30, 1), minutes(), open)).toBe(open);
    expect(judgeBurst(at(28, 5), minutes(), open)).toBeUndefined();
  });

  it('counts all errors of its minutes, and those of the worst', () => {
    const burst = { startedUs: 60_000_000, lastUs: 3 * 60_000_000, usual: 0 };
    expect(measureBurst(burst, minutes(9, 20, 3, 40, 9))).toEqual({ count: 63, peak: 40 });
  });
});
