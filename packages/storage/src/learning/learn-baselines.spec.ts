import { describe, expect, it } from '@jest/globals';
import { manualClock, seededRandom, useTempDir } from '@coral/testkit';
import { openStore } from '../../test/support/open-store.js';
import type { MetricSummary } from '../index.js';
import { dayMs, windowMs } from './whole-windows.js';

const dir = useTempDir();
const midnight = Date.UTC(2026, 0, 5);

/** Summaries of a metric, one per value, five minutes apart. */
function summaries(values: readonly number[], fromMs: number, metricName = 'latency') {
  return values.map((value, index): MetricSummary => ({
    timestamp: new Date(fromMs + index * windowMs),
    serviceId: 'shop',
    metricName,
    interval: '5m',
    p50: value,
    p95: 2 * value,
    p99: 3 * value,
    mean: value,
    max: 4 * value,
    count: 10,
  }));
}

function without(row: MetricSummary, names: readonly string[]): MetricSummary {
  const kept = Object.entries(row).filter(([name]) => !names.includes(name));
  return Object.fromEntries(kept) as unknown as MetricSummary;
}

const steady = (length: number, seed: number) => {
  const random = seededRandom(seed);
  return Array.from({ length }, () => random.normal(100, 5));
};

describe('learning baselines', () => {
  it('learns level, spread and percentiles of three windows', async () => {
    const clock = manualClock(midnight + 7 * dayMs + 60_000);
    const database = await openStore(dir, { now: clock.now });
    await database.insertMetricSummaries(summaries(steady(7 * 288, 1), midnight));
    expect(await database.learn()).toMatchObject({ baselines: 3 });
    const baselines = await database.listBaselines({ serviceId: 'shop' });
    expect(baselines.map(({ timeWindow, sampleCount }) => [timeWindow, sampleCount])).toEqual([
      ['1d', 288],
      ['1h', 12],
      ['7d', 2016],
    ]);
    for (const { timeWindow, mean, stddev, p50, p95, p99 } of baselines) {
      const tolerance = timeWindow === '1h' ? 5 : 1;
      expect(Math.abs(mean! - 100)).toBeLessThan(tolerance);
      expect(Math.abs(stddev! - 5)).toBeLessThan(tolerance);
      expect(Math.abs(p50! - 100)).toBeLessThan(tolerance);
      // History gives each of them within 0.05 %.
      expect(Math.abs(p95! / p50! / 2 - 1)).toBeLessThan(0.001);
      expect(Math.abs(p99! / p50! / 3 - 1)).toBeLessThan(0.001);
    }
    expect(baselines[0]!.lastUpdated).toEqual(new Date(midnight + 7 * dayMs));
  });

  it('has figures of five digits, and leaves those that a person put as they are', async () => {
    const clock = manualClock(midnight + dayMs + 60_000);
    const database = await openStore(dir, { now: clock.now });
    await database.insertMetricSummaries([
      ...summaries([123.456789], midnight),
      ...summaries([-0.00123456789], midnight, 'small'),
    ]);
    const put = { serviceId: 'shop', metricName: 'small', timeWindow: '7d', mean: 1 / 3 } as const;
    await database.putBaseline(put);
    await database.learn();
    const figures = { mean: 123.46, stddev: 0, p50: 123.46, p95: 246.91, p99: 370.37 };
    expect(await database.getBaseline('shop', 'latency', '1d')).toMatchObject(figures);
    const small = { mean: -0.0012346, p50: -0.0012346, p95: -0.0024691, p99: -0.0037037 };
    expect(await database.getBaseline('shop', 'small', '1d')).toMatchObject(small);
    expect(await database.getBaseline('shop', 'small', '7d')).toMatchObject(put);
    const { rows } = await database.queryReadOnly(
      `SELECT DISTINCT mean, stddev, p50, p95, p99 FROM seasonal_baselines
       WHERE metric_name = 'latency'`,
    );
    for await (const batch of rows) expect(batch).toEqual([Object.values(figures)]);
  });

  it('is not misled by one bad window in twenty, nor by gaps', async () => {
    const clock = manualClock(midnight + 7 * dayMs + 60_000);
    const database = await openStore(dir, { now: clock.now });
    const rows = summaries(steady(7 * 288, 2), midnight)
      .filter((_, index) => index % 7 !== 0 && (index < 300 || index > 500))
      .map((row, index) => (index % 20 === 0 ? { ...row, mean: 1e6, p50: 1e6 } : row));
    await database.insertMetricSummaries(rows);
    await database.learn();
    const { mean, stddev, sampleCount } = (await database.getBaseline('shop', 'latency', '7d'))!;
    expect(Math.abs(mean! - 100)).toBeLessThan(1);
    expect(Math.abs(stddev! - 5)).toBeLessThan(1.5);
    expect(sampleCount).toBe(rows.length);
  });

  it('knows the spread of a metric that has two levels', async () => {
    const clock = manualClock(midnight + dayMs + 60_000);
    const database = await openStore(dir, { now: clock.now });
    const values = Array.from({ length: 288 }, (_, n) => (n % 4 === 0 ? 50 : 10));
    await database.insertMetricSummaries(summaries(values, midnight));
    await database.learn();
    expect((await database.getBaseline('shop', 'latency', '1d'))!.stddev).toBeCloseTo(40 / 2.563);
  });

  it('learns again when time has gone by, and not before', async () => {
    const clock = manualClock(midnight + dayMs + 60_000);
    const database = await openStore(dir, { now: clock.now });
    await database.insertMetricSummaries(summaries(steady(2 * 288, 3), midnight));
    expect(await database.learn()).toMatchObject({ baselines: 3 });
    expect(await database.learn()).toMatchObject({ baselines: 0 });
    clock.advance(15 * 60_000);
    expect(await database.learn()).toMatchObject({ baselines: 1 });
    clock.advance(6 * 3_600_000);
    expect(await database.learn()).toMatchObject({ baselines: 3 });
  });

  it('leaves a baseline alone that was put, until it is unpinned', async () => {
    const clock = manualClock(midnight + dayMs + 60_000);
    const database = await openStore(dir, { now: clock.now });
    await database.insertMetricSummaries(summaries(steady(2 * 288, 4), midnight));
    await database.putBaseline({
      serviceId: 'shop',
      metricName: 'latency',
      timeWindow: '1d',
      mean: 7,
    });
    await database.learn();
    const baseline = () => database.getBaseline('shop', 'latency', '1d');
    expect(await baseline()).toMatchObject({ mean: 7 });
    expect(await database.unpinBaseline('shop', 'latency', '1d')).toBe(true);
    expect(await database.unpinBaseline('shop', 'latency', '1d')).toBe(false);
    clock.advance(3_600_000);
    await database.learn();
    expect((await baseline())!.mean).toBeGreaterThan(90);
  });

  it('takes the median where a histogram has no sum, and leaves out windows without any', async () => {
    const clock = manualClock(midnight + dayMs + 60_000);
    const database = await openStore(dir, { now: clock.now });
    const [bare] = summaries([1], midnight, 'empty');
    await database.insertMetricSummaries([
      ...summaries(steady(288, 5), midnight).map((row) => without(row, ['mean'])),
      without(bare!, ['mean', 'p50']),
    ]);
    await database.learn();
    expect((await database.getBaseline('shop', 'latency', '1d'))!.mean).toBeGreaterThan(90);
    expect(await database.getBaseline('shop', 'empty', '1d')).toBeUndefined();
  });
});
