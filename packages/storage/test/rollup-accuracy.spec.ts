import { describe, expect, it } from '@jest/globals';
import { manualClock, onTestEnd, seededRandom, useTempDir } from '@coral/testkit';
import {
  openDatabase,
  type Database,
  type MetricSummary,
  type SummaryInterval,
} from '../src/index.js';
import { exactQuantile } from './support/exact-quantile.js';
import { rows } from './support/look-ups.js';
import { appendAll } from './support/five-minutes.js';
import { numberPoints } from './support/number-points.js';

const minute = 60_000;
const midnight = Date.UTC(2026, 0, 1);
const lengthMs = { '5m': 5 * minute, '15m': 15 * minute, '1h': 60 * minute, '1d': 1440 * minute };
const intervals = Object.keys(lengthMs) as SummaryInterval[];
const valuesPerWindow = 40;

/** One value of each kind of data; undefined where this metric is silent. */
function distributions(random: ReturnType<typeof seededRandom>) {
  return {
    heavyTailed: () => random.next() ** (-1 / 0.7),
    bimodal: () => (random.next() < 0.5 ? random.normal(2, 0.1) : random.normal(5000, 300)),
    mirrored: () => (random.next() < 0.5 ? -1 : 1) * random.lognormal(3, 1),
    constant: () => 42.1,
    negative: () => -random.lognormal(0, 3),
    mostlyZero: () => (random.next() < 0.9 ? 0 : random.lognormal(0, 2)),
    zero: () => 0,
    sparse: () => (random.next() < 0.01 ? random.lognormal(0, 5) : undefined),
    twoValues: () => (random.next() < 0.05 ? (random.next() < 0.5 ? 1 : 1000) : undefined),
    tiny: () => random.lognormal(-600, 3),
    huge: () => random.lognormal(600, 3),
    wholeNumbers: () => Math.floor(random.next() * 50) - 10,
    growing: (window: number) => 1.05 ** window * random.lognormal(0, 0.2),
  } satisfies Record<string, (window: number) => number | undefined>;
}

describe('roll-ups', () => {
  const dir = useTempDir();

  it('of every interval lie within 1 % of the exact quantiles; count, mean and max are exact', async () => {
    const clock = manualClock(midnight);
    const random = seededRandom();
    const database = await openDatabase({
      storagePath: dir.path,
      colonyId: 'accuracy-dev',
      now: clock.now,
    });
    onTestEnd(() => database.close());
    const kinds = Object.entries(distributions(random));
    const raw = new Map<string, { timeMs: number; value: number }[]>(kinds.map(([k]) => [k, []]));
    // Two hours in full, and five minutes of every other hour of the day.
    const windows = Array.from({ length: (25 * 60) / 5 }, (_, n) => n).filter(
      (n) => n < 24 || n % 12 === 7,
    );
    for (const window of windows) {
      const startMs = midnight + window * 5 * minute;
      clock.set(startMs + 5 * minute);
      const batches = kinds.map(([name, valueOf]) => {
        const points = Array.from({ length: valuesPerWindow }, (_, index) => ({
          timeMs: startMs + index * 7_000,
          value: valueOf(window),
        })).filter(
          (point): point is { timeMs: number; value: number } => point.value !== undefined,
        );
        raw.get(name)!.push(...points);
        return numberPoints({ serviceId: 's', metricName: name, kind: 'gauge' }, points);
      });
      await appendAll(database, batches);
      if (random.next() < 0.1) {
        await database.summarise();
        await database.rollUp();
      }
    }
    await database.summarise();
    await database.rollUp();
    expect(await checkAll(database, raw)).toBeGreaterThan(1000);
    // Once more in history, which rounds percentiles.
    clock.set(midnight + 4 * 1440 * minute);
    await database.seal();
    expect(await rows(database, 'SELECT count(*) FROM metric_summaries')).toEqual([[0]]);
    expect(await checkAll(database, raw)).toBeGreaterThan(1000);
  }, 120_000);
});

type Raw = ReadonlyMap<string, readonly { readonly timeMs: number; readonly value: number }[]>;

/** @returns summaries that were compared with the raw values */
async function checkAll(database: Database, raw: Raw): Promise<number> {
  let checked = 0;
  for (const interval of intervals) {
    for (const [name, points] of raw) {
      const groups = new Map<number, number[]>();
      for (const { timeMs, value } of points) {
        const start = Math.floor(timeMs / lengthMs[interval]) * lengthMs[interval];
        groups.set(start, [...(groups.get(start) ?? []), value]);
      }
      const found = await database.listMetricSummaries({ metricName: name, interval });
      expect(found.map(({ timestamp }) => timestamp.getTime())).toEqual([...groups.keys()]);
      for (const summary of found) {
        check(summary, groups.get(summary.timestamp.getTime())!);
        checked += 1;
      }
    }
  }
  return checked;
}

function check(summary: MetricSummary, values: readonly number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  const worst = Math.max(
    ...([0.5, 0.95, 0.99] as const).map((q) => {
      const exact = exactQuantile(sorted, q);
      const given = summary[q === 0.5 ? 'p50' : q === 0.95 ? 'p95' : 'p99']!;
      return given === exact ? 0 : Math.abs(given - exact) / Math.abs(exact);
    }),
  );
  const sum = values.reduce((a, b) => a + b, 0);
  const scale = values.reduce((a, b) => a + Math.abs(b), 0) / values.length;
  const { interval, metricName, timestamp } = summary;
  expect({ interval, metricName, timestamp, isClose: worst <= 0.01, worst }).toMatchObject({
    isClose: true,
  });
  expect(summary.count).toBe(values.length);
  expect(summary.max).toBe(sorted.at(-1));
  expect(Math.abs(summary.mean! - sum / values.length)).toBeLessThanOrEqual(1e-12 * scale);
}
