import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@coral/testkit';
import { backupsToKeep } from './backups-to-keep.js';

const dayMs = 86_400_000;
const at = (text: string) => new Date(`2026-${text}Z`);
const shown = (times: readonly Date[]) => times.map((time) => time.toISOString().slice(5, 16));

describe('backupsToKeep', () => {
  it('keeps the newest of each day and of each week', () => {
    // 2026-01-05, -12 and -19 are Mondays.
    const times = [
      at('01-04T23:59:00'),
      at('01-05T00:00:00'),
      at('01-18T02:00:00'),
      at('01-19T02:00:00'),
      at('01-20T02:00:00'),
      at('01-20T14:00:00'),
    ];
    expect(shown(backupsToKeep(times, { daily: 2, weekly: 0 }))).toEqual([
      '01-20T14:00',
      '01-19T02:00',
    ]);
    expect(shown(backupsToKeep(times, { daily: 0, weekly: 9 }))).toEqual([
      '01-20T14:00',
      '01-18T02:00',
      '01-05T00:00',
      '01-04T23:59',
    ]);
    expect(shown(backupsToKeep(times, { daily: 2, weekly: 2 }))).toEqual([
      '01-20T14:00',
      '01-19T02:00',
      '01-18T02:00',
    ]);
  });

  it('always keeps the newest', () => {
    const times = [at('01-01T00:00:00'), at('01-02T00:00:00')];
    expect(shown(backupsToKeep(times, { daily: 0, weekly: 0 }))).toEqual(['01-02T00:00']);
    expect(backupsToKeep([], { daily: 7, weekly: 4 })).toEqual([]);
  });

  it('holds over random histories', () => {
    const random = seededRandom();
    for (let round = 0; round < 300; round += 1) {
      const keep = { daily: random.integer(0, 9), weekly: random.integer(0, 6) };
      const times = history(random);
      const kept = backupsToKeep(times, keep);
      const ages = kept.map((time) => time.getTime());
      const context = { keep, times: shown(times) };
      // Some of them, newest first, the newest among them, and no more than asked for.
      expect({ ...context, some: kept.every((time) => times.includes(time)) }).toMatchObject({
        some: true,
      });
      expect(ages).toEqual([...ages].sort((a, b) => b - a));
      expect(ages[0]).toBe(Math.max(...times.map((time) => time.getTime())));
      expect(kept.length).toBeLessThanOrEqual(Math.max(1, keep.daily + keep.weekly));
      // As many days as asked for, as far as there are.
      const days = (list: readonly Date[]) => new Set(list.map((t) => shown([t])[0]!.slice(0, 5)));
      expect(days(kept).size).toBeGreaterThanOrEqual(Math.min(keep.daily, days(times).size));
      // Once more changes nothing, and neither does rotating after every backup.
      expect(backupsToKeep(kept, keep)).toEqual(kept);
      let step: Date[] = [];
      for (const time of times) step = backupsToKeep([...step, time], keep);
      expect({ ...context, kept: shown(step) }).toEqual({ ...context, kept: shown(kept) });
    }
  });
});

/** Backups in the order in which they were made, with gaps of an hour to two weeks. */
function history(random: ReturnType<typeof seededRandom>): Date[] {
  let ms = Date.UTC(2026, 0, 1);
  return Array.from({ length: random.integer(1, 80) }, () => {
    const isRare = random.integer(0, 9) === 0;
    ms += random.integer(dayMs / 24, isRare ? 14 * dayMs : 2 * dayMs);
    return new Date(ms);
  });
}
