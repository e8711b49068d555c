import { describe, expect, it } from '@jest/globals';
import { manualClock, seededRandom, useTempDir } from '@coral/testkit';
import { openStore } from '../../test/support/open-store.js';
import type { Database, MetricSummary } from '../index.js';
import { dayMs, hourMs, windowMs } from './whole-windows.js';

const dir = useTempDir();
/** A Monday. */
const midnight = Date.UTC(2026, 0, 5);
const days = 16;

/** Two metrics, higher by the hour, and higher on Sundays; the second one is there by day only. */
function history(): MetricSummary[] {
  const random = seededRandom(11);
  return Array.from({ length: days * 288 }, (_, index) => {
    const ms = index * windowMs;
    const hour = Math.floor(ms / hourMs) % 24;
    const level = 100 + hour * 10 + (Math.floor(ms / dayMs) % 7 === 6 ? 500 : 0);
    return ['latency', 'requests'].flatMap((metricName): MetricSummary[] => {
      if (metricName === 'requests' && (hour < 6 || hour > 20)) return [];
      const mean = random.normal(level, 2);
      const timestamp = new Date(midnight + ms);
      return [{ timestamp, serviceId: 'shop', metricName, interval: '5m', mean, count: 10 }];
    });
  }).flat();
}

async function learnAll(database: Database): Promise<number> {
  let learned = 0;
  for (;;) {
    const { hours } = await database.learn();
    if (hours === 0) return learned;
    learned += hours;
  }
}

async function readHours(database: Database, season: 'day' | 'week'): Promise<unknown[]> {
  const { rows } = await database.queryReadOnly(
    `SELECT metric_name, hour, mean, stddev, sample_count, seasons FROM seasonal_baselines
     WHERE season = '${season}' ORDER BY ALL`,
  );
  const all: unknown[] = [];
  for await (const batch of rows) all.push(...batch);
  return all;
}

describe('learning seasons', () => {
  it('learns each hour from the same hour of the days and of the weeks before', async () => {
    const clock = manualClock(midnight + days * dayMs + 6 * hourMs + 60_000);
    const database = await openStore(dir, { now: clock.now });
    await database.insertMetricSummaries(history());
    expect(await learnAll(database)).toBe(24 + 168);
    const day = (await readHours(database, 'day')) as [string, number, number, number, number][];
    expect(day).toHaveLength(24 + 15);
    for (const [, hour, mean, , samples] of day) {
      expect(Math.abs(mean - (100 + hour * 10))).toBeLessThan(50);
      expect(samples).toBe(7 * 12);
    }
    const week = (await readHours(database, 'week')) as [string, number, number, number, number][];
    expect(week).toHaveLength(7 * (24 + 15));
    for (const [, hour, mean, , samples] of week) {
      const sunday = hour >= 6 * 24 ? 500 : 0;
      expect(Math.abs(mean - (100 + (hour % 24) * 10 + sunday))).toBeLessThan(5);
      // The first two days of the week have come three times.
      expect(samples).toBe((hour < 48 ? 3 : 2) * 12);
    }
  });

  it('learns the same after a pause as hour by hour', async () => {
    const rows = history();
    const read = async (database: Database) => [
      await readHours(database, 'day'),
      await readHours(database, 'week'),
    ];
    const late = manualClock(midnight + days * dayMs + 60_000);
    const atOnce = await openStore(dir, { now: late.now, colonyId: 'at-once-dev' });
    await atOnce.insertMetricSummaries(rows);
    await learnAll(atOnce);
    const clock = manualClock(midnight + days * dayMs - 24 * hourMs + 60_000);
    const bitByBit = await openStore(dir, { now: clock.now, colonyId: 'bit-by-bit-dev' });
    await bitByBit.insertMetricSummaries(rows);
    await learnAll(bitByBit);
    for (let hour = 1; hour <= 24; hour += 1) {
      clock.advance(hourMs);
      // Of the day and of the week.
      expect((await bitByBit.learn()).hours).toBe(hour % 12 === 0 ? 2 * 12 : 0);
    }
    expect(await read(bitByBit)).toEqual(await read(atOnce));
  });
});
