import { describe, expect, it } from '@jest/globals';
import { manualClock, onTestEnd, seededRandom, useTempDir } from '@coral/testkit';
import { openDatabase, type Database } from '../src/index.js';
import { numberPoints } from './support/number-points.js';

const minute = 60_000;
const noon = Date.UTC(2026, 0, 1, 12);

/** What one instance of a service has measured: buckets, sum, and count are read off it. */
class Measured {
  readonly #values: number[] = [];

  constructor(
    readonly instance: string,
    readonly bounds: readonly number[],
  ) {}

  observe(...values: number[]): void {
    this.#values.push(...values);
  }

  /** As a scrape shows it: every bucket counts those below it, too. */
  scrape(): { buckets: [bound: number | undefined, count: number][]; sum: number } {
    const atMost = (bound: number) => this.#values.filter((value) => value <= bound).length;
    return {
      buckets: [
        ...this.bounds.map((bound): [number, number] => [bound, atMost(bound)]),
        [undefined, this.#values.length],
      ],
      sum: this.#values.reduce((a, b) => a + b, 0),
    };
  }
}

/** `histogram_quantile` over counts of intervals, as PromQL computes it. */
function quantileOf(q: number, intervals: { low: number; high: number; count: number }[]): number {
  const sorted = intervals.filter(({ count }) => count > 0).sort((a, b) => a.high - b.high);
  let rank = q * sorted.reduce((sum, { count }) => sum + count, 0);
  for (const { low, high, count } of sorted) {
    if (rank <= count) return low + ((high - low) * rank) / count;
    rank -= count;
  }
  return sorted.at(-1)!.high;
}

describe('classic histograms', () => {
  const dir = useTempDir();

  async function open() {
    const clock = manualClock(noon + 8 * minute);
    const database = await openDatabase({
      storagePath: dir.path,
      colonyId: 'classic-dev',
      now: clock.now,
    });
    onTestEnd(() => database.close());
    return { database, clock };
  }

  const bucket = (measured: Measured, bound: number | undefined, value: number, minutes: number) =>
    numberPoints(
      {
        serviceId: 's',
        metricName: 'latency_seconds',
        kind: 'histogram_bucket',
        monotonic: true,
        resource: JSON.stringify({ instance: measured.instance }),
        bounds: bound === undefined ? [] : [bound],
      },
      [{ timeMs: noon + minutes * minute, value }],
    );
  const sum = (measured: Measured, value: number, minutes: number) =>
    numberPoints(
      {
        serviceId: 's',
        metricName: 'latency_seconds_sum',
        kind: 'sum',
        resource: JSON.stringify({ instance: measured.instance }),
      },
      [{ timeMs: noon + minutes * minute, value }],
    );
  /** A scrape as requests of one sample each. */
  const requests = (measured: Measured, minutes: number) => {
    const { buckets, sum: total } = measured.scrape();
    return [
      ...buckets.map(([bound, count]) => bucket(measured, bound, count, minutes)),
      sum(measured, total, minutes),
    ];
  };

  async function summaryOf(database: Database, interval: '5m' | '15m' = '5m') {
    await database.summarise();
    await database.rollUp();
    const all = await database.listMetricSummaries({ serviceId: 's', interval });
    return all.filter(({ metricName }) => metricName === 'latency_seconds');
  }

  it('have the quantiles of PromQL, however their buckets are spread over requests', async () => {
    const { database } = await open();
    const random = seededRandom();
    const instances = [
      new Measured('a', [0.1, 0.25, 0.5, 1, 2.5]),
      new Measured('b', [0.1, 0.25, 0.5, 1, 2.5]),
    ];
    const sent = [];
    const measured: number[] = [];
    for (let n = 0; n <= 4; n++) {
      for (const instance of instances) {
        const values = Array.from({ length: random.integer(20, 90) }, () =>
          random.lognormal(-1, 1),
        );
        instance.observe(...values);
        // What was there at the first scrape is where counting starts.
        if (n > 0) measured.push(...values);
        sent.push(...requests(instance, n));
      }
    }
    for (const request of random.shuffle(sent)) await database.appendPoints(request);
    await database.appendPoints(sent[3]!);
    const [summary, ...others] = await summaryOf(database);
    expect(others).toEqual([]);
    const bounds = [0, 0.1, 0.25, 0.5, 1, 2.5];
    const intervals = bounds.map((low, i) => ({
      low,
      high: bounds[i + 1] ?? low,
      count: measured.filter((value) => value > low && value <= (bounds[i + 1] ?? Infinity)).length,
    }));
    expect(summary).toMatchObject({
      count: measured.length,
      p50: expect.closeTo(quantileOf(0.5, intervals), 9),
      p95: expect.closeTo(quantileOf(0.95, intervals), 9),
      p99: expect.closeTo(quantileOf(0.99, intervals), 9),
      mean: expect.closeTo(measured.reduce((a, b) => a + b) / measured.length, 9),
      max: 2.5,
    });
    const [longer] = await summaryOf(database, '15m');
    const { count, mean, max, p50, p95, p99 } = summary!;
    expect(longer).toMatchObject({ count, mean, max });
    for (const [name, value] of Object.entries({ p50, p95, p99 })) {
      expect(Math.abs(longer![name as 'p50']! / value! - 1)).toBeLessThan(0.01);
    }
  });

  it('of several bounds are put together by what lies between them', async () => {
    const { database } = await open();
    const coarse = new Measured('coarse', [1]);
    const fine = new Measured('fine', [0.5, 1, 4]);
    for (const request of [...requests(coarse, 0), ...requests(fine, 0)]) {
      await database.appendPoints(request);
    }
    coarse.observe(0.2, 0.4, 0.6, 0.8);
    fine.observe(0.7, 3, 3, 3);
    for (const request of [...requests(coarse, 1), ...requests(fine, 1)]) {
      await database.appendPoints(request);
    }
    // 4 in 0…1, 1 in 0.5…1, 3 in 1…4.
    expect(await summaryOf(database)).toMatchObject([
      { count: 8, p50: 1, max: 4, mean: expect.closeTo(11.7 / 8, 9) },
    ]);
  });

  it('begin anew after a restart of the service', async () => {
    const { database } = await open();
    const before = new Measured('a', [1, 2]);
    before.observe(...Array.from({ length: 50 }, () => 1.5));
    const after = new Measured('a', [1, 2]);
    after.observe(0.5, 0.5, 1.5);
    for (const request of [...requests(before, 0), ...requests(after, 1)]) {
      await database.appendPoints(request);
    }
    expect(await summaryOf(database)).toMatchObject([
      { count: 3, mean: expect.closeTo(2.5 / 3, 9), max: 2 },
    ]);
  });

  it('count no value negative where the sample of one bucket is an older one', async () => {
    const { database } = await open();
    const measured = new Measured('a', [1, 2]);
    const first = requests(measured, 0);
    measured.observe(0.5, 1.5, 1.5, 9);
    const [below1, , all, total] = requests(measured, 1);
    const old = bucket(measured, 2, 0, 1);
    for (const request of [...first, below1!, old, all!, total!]) {
      await database.appendPoints(request);
    }
    // The bucket up to 2 did not rise: its values are taken for larger ones.
    expect(await summaryOf(database)).toMatchObject([{ count: 4, mean: 12.5 / 4, max: 2 }]);
  });

  it('show count and mean when there is no bucket but the last, or no sum', async () => {
    const { database } = await open();
    const measured = new Measured('a', []);
    const first = requests(measured, 0);
    measured.observe(2, 4);
    for (const request of [...first, ...requests(measured, 1)])
      await database.appendPoints(request);
    const [summary] = await summaryOf(database);
    expect(summary).toMatchObject({ count: 2, mean: 3 });
    expect(summary!.p50 ?? undefined).toBeUndefined();
  });

  it('are no metric of their own by their buckets, and their sum and count stay what they are', async () => {
    const { database } = await open();
    const measured = new Measured('a', [1]);
    const first = requests(measured, 0);
    measured.observe(0.5, 3);
    for (const request of [...first, ...requests(measured, 1)])
      await database.appendPoints(request);
    await database.summarise();
    const names = (await database.listMetricSummaries({ serviceId: 's' })).map(
      ({ metricName, mean, count }) => [metricName, mean, count],
    );
    expect(names.sort()).toEqual([
      ['latency_seconds', 1.75, 2],
      ['latency_seconds_sum', 3.5, 1],
    ]);
  });
});
