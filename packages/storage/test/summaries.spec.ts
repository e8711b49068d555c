import { describe, expect, it } from '@jest/globals';
import { manualClock, onTestEnd, seededRandom, useTempDir } from '@coral/testkit';
import { openDatabase, type Database, type MetricSummary } from '../src/index.js';
import { histogramPoints } from './support/histogram-points.js';
import { numberPoints, type NumberPoint } from './support/number-points.js';

const minute = 60_000;
const noon = Date.UTC(2026, 0, 1, 12);

describe('summaries', () => {
  const dir = useTempDir();

  async function open(now = noon + 30 * minute) {
    const clock = manualClock(now);
    const database = await openDatabase({
      storagePath: dir.path,
      colonyId: 'sum-dev',
      now: clock.now,
    });
    onTestEnd(() => database.close());
    return { database, clock };
  }

  /** The summaries of service 's', by metric and minutes since noon. */
  async function summaries(
    database: Database,
  ): Promise<
    Record<string, Omit<MetricSummary, 'timestamp' | 'serviceId' | 'metricName' | 'interval'>>
  > {
    await database.summarise();
    const all = await database.listMetricSummaries({ serviceId: 's' });
    return Object.fromEntries(
      all.map(({ timestamp, serviceId: _s, metricName, interval: _i, ...numbers }) => [
        `${metricName}@${(timestamp.getTime() - noon) / minute}`,
        numbers,
      ]),
    );
  }

  const gauge = (metricName: string) => ({ serviceId: 's', metricName, kind: 'gauge' }) as const;
  const counter = (metricName: string) => ({ serviceId: 's', metricName, kind: 'sum' }) as const;
  const at = (minutes: number, value: number, startMinutes?: number): NumberPoint => ({
    timeMs: noon + minutes * minute,
    value,
    ...(startMinutes === undefined ? {} : { startMs: noon + startMinutes * minute }),
  });

  it('of a gauge are exact quantiles, mean, largest and count of its values', async () => {
    const { database } = await open();
    const random = seededRandom();
    const values = Array.from({ length: 997 }, () => random.lognormal(2, 1));
    await database.appendPoints(
      numberPoints(
        gauge('latency'),
        values.map((value, index) => ({ timeMs: noon + index * 100, value })),
      ),
    );
    const sorted = [...values].sort((a, b) => a - b);
    const quantile = (q: number) => {
      const rank = q * (sorted.length - 1);
      const low = sorted[Math.floor(rank)]!;
      return low + (sorted[Math.ceil(rank)]! - low) * (rank % 1);
    };
    expect(await summaries(database)).toEqual({
      'latency@0': {
        p50: expect.closeTo(quantile(0.5), 9),
        p95: expect.closeTo(quantile(0.95), 9),
        p99: expect.closeTo(quantile(0.99), 9),
        mean: expect.closeTo(values.reduce((a, b) => a + b) / values.length, 9),
        max: sorted.at(-1),
        count: 997,
      },
    });
  });

  it('are right for kinds of metric that came after the first summaries', async () => {
    const { database } = await open();
    const service = { serviceId: 's' } as const;
    const long = (name: string) => `${name}.with.a.name.longer.than.twelve.bytes`;
    await database.summarise();
    await database.appendPoints(numberPoints(gauge(long('gauge')), [at(0, 1)]));
    await database.summarise();
    await database.appendPoints(
      numberPoints({ ...counter(long('delta')), temporality: 'delta' }, [at(0, 300_000)]),
    );
    await database.summarise();
    await database.appendPoints(
      histogramPoints(
        {
          ...service,
          metricName: long('histogram'),
          kind: 'histogram',
          temporality: 'delta',
          bounds: [10],
        },
        [{ timeMs: noon, count: 2, sum: 12, min: 2, max: 10, buckets: [[1, 0, 2]] }],
      ),
    );
    const point = { count: 3, sum: 12, scale: 0, buckets: [[1, 1, 3]] } as const;
    await database.appendPoints(
      histogramPoints(
        {
          ...service,
          metricName: long('exponential'),
          kind: 'exponential_histogram',
          temporality: 'delta',
        },
        [{ timeMs: noon, ...point }],
      ),
    );
    expect(await summaries(database)).toMatchObject({
      [`${long('gauge')}@0`]: { p50: 1, mean: 1, max: 1, count: 1 },
      [`${long('delta')}@0`]: { p50: 300_000, mean: 300_000, max: 300_000, count: 1 },
      [`${long('histogram')}@0`]: { p50: 6, mean: 6, max: 10, count: 2 },
      [`${long('exponential')}@0`]: { p50: 3, mean: 4, max: 4, count: 3 },
    });
  });

  it('belong to the window that holds the point, its start included and its end not', async () => {
    const { database } = await open();
    await database.appendPoints(
      numberPoints(gauge('g'), [
        { timeMs: noon - 1, value: 1 },
        { timeMs: noon, value: 2 },
        { timeMs: noon + 5 * minute - 1, value: 3 },
        { timeMs: noon + 5 * minute, value: 4 },
      ]),
    );
    const found = await summaries(database);
    expect(Object.entries(found).map(([key, { mean }]) => [key, mean])).toEqual([
      ['g@-5', 1],
      ['g@0', 2.5],
      ['g@5', 4],
    ]);
  });

  it('pool the series of a metric, whatever their attributes', async () => {
    const { database } = await open();
    await database.appendPoints(numberPoints({ ...gauge('g'), attributes: '{"a":1}' }, [at(0, 1)]));
    await database.appendPoints(numberPoints({ ...gauge('g'), attributes: '{"a":2}' }, [at(0, 3)]));
    expect(await summaries(database)).toMatchObject({ 'g@0': { mean: 2, count: 2 } });
  });

  describe('of a cumulative counter', () => {
    it('are its increases, also across windows', async () => {
      const { database } = await open();
      await database.appendPoints(
        numberPoints(counter('requests'), [at(1, 100), at(2, 110), at(3, 130), at(6, 160)]),
      );
      expect(await summaries(database)).toMatchObject({
        'requests@0': { mean: 15, max: 20, count: 2 },
        'requests@5': { mean: 30, max: 30, count: 1 },
      });
    });

    it('take the whole value after a reset, seen by a fall or by a new start time', async () => {
      const { database } = await open();
      await database.appendPoints(numberPoints(counter('fell'), [at(1, 100), at(2, 7)]));
      await database.appendPoints(
        numberPoints(counter('restarted'), [at(1, 100, -60), at(2, 105, 1.5)]),
      );
      expect(await summaries(database)).toMatchObject({
        'fell@0': { mean: 7, count: 1 },
        'restarted@0': { mean: 105, count: 1 },
      });
    });

    it('take no reset from a first value in the very moment of the start', async () => {
      const { database } = await open();
      const points = [at(1, 1, 1), at(2, 2, 1), at(3, 3, 1)];
      await database.appendPoints(numberPoints(counter('orders'), points));
      await database.appendPoints(
        histogramPoints(
          { serviceId: 's', metricName: 'latency', kind: 'histogram', bounds: [10] },
          points.map(({ timeMs, value }) => ({
            timeMs,
            startMs: noon + minute,
            count: value,
            sum: value,
            buckets: [[1, 0, value]],
          })),
        ),
      );
      expect(await summaries(database)).toMatchObject({
        'orders@0': { mean: 1, max: 1, count: 3 },
        'latency@0': { mean: 1, count: 3 },
      });
    });

    it('count the first value only when the series began within the window before it', async () => {
      const { database } = await open();
      await database.appendPoints(numberPoints(counter('young'), [at(6, 40, 1)]));
      await database.appendPoints(numberPoints(counter('old'), [at(6, 40, 0.99)]));
      await database.appendPoints(numberPoints(counter('ageless'), [at(6, 40)]));
      expect(await summaries(database)).toEqual({
        'young@5': expect.objectContaining({ mean: 40 }),
      });
    });

    it('start anew when the value before is more than an hour old', async () => {
      const { database } = await open(noon + 70 * minute);
      await database.appendPoints(numberPoints(counter('c'), [at(11, 100)]));
      await database.appendPoints(numberPoints(counter('c'), [at(70, 130)]));
      await database.appendPoints(numberPoints(counter('d'), [at(9.99, 100)]));
      await database.appendPoints(numberPoints(counter('d'), [at(70, 130)]));
      const found = await summaries(database);
      expect(found['c@70']).toMatchObject({ mean: 30 });
      expect(found['d@70']).toBeUndefined();
    });
  });

  it('of a delta sum are its values, and of a sum that may fall its levels', async () => {
    const { database } = await open();
    await database.appendPoints(
      numberPoints({ ...counter('delta'), temporality: 'delta' }, [at(1, 5), at(2, 9)]),
    );
    await database.appendPoints(
      numberPoints({ ...counter('level'), monotonic: false }, [at(1, 5), at(2, 3)]),
    );
    expect(await summaries(database)).toMatchObject({
      'delta@0': { mean: 7, max: 9, count: 2 },
      'level@0': { mean: 4, max: 5, count: 2 },
    });
  });

  it('count a point that was sent twice once', async () => {
    const { database } = await open();
    const points = numberPoints(counter('c'), [at(1, 10), at(2, 30)]);
    await database.appendPoints(points);
    await database.appendPoints(points);
    expect(await summaries(database)).toMatchObject({ 'c@0': { mean: 20, count: 1 } });
  });

  it('are revised by late points, in the window after too', async () => {
    const { database } = await open();
    await database.appendPoints(numberPoints(counter('c'), [at(1, 10), at(6, 100)]));
    expect(await summaries(database)).toEqual({ 'c@5': expect.objectContaining({ mean: 90 }) });
    await database.appendPoints(numberPoints(counter('c'), [at(4, 70)]));
    expect(await summaries(database)).toMatchObject({ 'c@0': { mean: 60 }, 'c@5': { mean: 30 } });
  });

  it('hold every point that comes while they are computed, in the end', async () => {
    const { database } = await open();
    const random = seededRandom();
    const sent = Array.from({ length: 400 }, (_, n) =>
      numberPoints({ ...gauge('g'), attributes: `{"n":${n % 7}}` }, [
        { timeMs: noon + (n % 130) * 1000, value: n },
        { timeMs: noon + 5 * minute + n, value: n },
      ]),
    );
    let isSending = true;
    const summarising = (async () => {
      while (isSending) {
        await database.summarise({ paced: random.next() < 0.5 });
        await new Promise(setImmediate);
      }
    })();
    for (const points of sent) {
      await database.appendPoints(points);
      if (random.next() < 0.1) await database.appendPoints(random.pick(sent.slice(0, 10)));
    }
    isSending = false;
    await summarising;
    expect(await summaries(database)).toMatchObject({
      'g@0': { count: 400, mean: expect.closeTo(199.5, 9), max: 399 },
      'g@5': { count: 400, mean: expect.closeTo(199.5, 9), max: 399 },
    });
    expect(await database.summarise()).toMatchObject({ windows: 0 });
  }, 60_000);

  it('are brought up to date after a restart', async () => {
    const first = await openDatabase({
      storagePath: dir.path,
      colonyId: 'sum-dev',
      now: () => noon,
    });
    await first.appendPoints(numberPoints(gauge('g'), [at(0, 1)]));
    await first.close();
    const { database } = await open();
    expect(await summaries(database)).toMatchObject({ 'g@0': { mean: 1 } });
    expect(await database.summarise()).toMatchObject({ windows: 0, summaries: 0 });
  });

  it('are the same for any order, split and repetition of the points', async () => {
    const random = seededRandom();
    const points = [
      ...Array.from({ length: 60 }, (_, index) =>
        numberPoints(counter('c'), [at(index / 3, Math.floor(index * 1.7) % 40)]),
      ),
      ...Array.from({ length: 60 }, (_, index) =>
        numberPoints(gauge('g'), [at(index / 3, random.normal(0, 5))]),
      ),
      ...Array.from({ length: 20 }, (_, index) =>
        histogramPoints({ serviceId: 's', metricName: 'h', kind: 'histogram', bounds: [1, 10] }, [
          {
            timeMs: noon + index * minute,
            count: 3 * index,
            sum: 11 * index,
            buckets: [
              [1, 0, index],
              [1, 1, index],
              [1, 2, index],
            ],
          },
        ]),
      ),
    ];
    const outcomes = [];
    for (const [name, order] of [
      ['plain', points],
      ['shuffled', random.shuffle([...points, ...points.slice(0, 30)])],
    ] as const) {
      const database = await openDatabase({
        storagePath: dir.file(name),
        colonyId: 'any-dev',
        now: () => noon + 30 * minute,
      });
      onTestEnd(() => database.close());
      for (const batch of order) {
        await database.appendPoints(batch);
        if (random.next() < 0.2) await database.summarise();
      }
      outcomes.push(await summaries(database));
    }
    expect(Object.keys(outcomes[0]!).length).toBeGreaterThan(10);
    // Sums of doubles depend on their order in the last digits.
    const rounded = (outcome: object) =>
      JSON.parse(
        JSON.stringify(outcome, (_, value: unknown) =>
          typeof value === 'number' ? Number(value.toPrecision(12)) : value,
        ),
      ) as object;
    expect(rounded(outcomes[1]!)).toEqual(rounded(outcomes[0]!));
  }, 120_000);

  describe('of a histogram', () => {
    const histogram = {
      serviceId: 's',
      metricName: 'h',
      kind: 'histogram',
      bounds: [10, 20, 40],
    } as const;

    it('place its measurements evenly within their buckets', async () => {
      const { database } = await open();
      await database.appendPoints(
        histogramPoints({ ...histogram, temporality: 'delta' }, [
          {
            timeMs: noon,
            count: 100,
            sum: 1500,
            min: 2,
            max: 35,
            buckets: [
              [1, 0, 50],
              [1, 1, 40],
              [1, 2, 10],
            ],
          },
        ]),
      );
      expect(await summaries(database)).toEqual({
        'h@0': { p50: 10, p95: 27.5, p99: expect.closeTo(33.5, 9), mean: 15, max: 35, count: 100 },
      });
    });

    it('are the increases of a cumulative one, over all series of the metric', async () => {
      const { database } = await open();
      for (const attributes of ['{"a":1}', '{"a":2}']) {
        await database.appendPoints(
          histogramPoints({ ...histogram, attributes }, [
            { timeMs: noon + minute, count: 1000, sum: 1000, buckets: [[1, 0, 1000]] },
            {
              timeMs: noon + 2 * minute,
              count: 1010,
              sum: 1150,
              buckets: [
                [1, 0, 1000],
                [1, 1, 10],
              ],
            },
            {
              timeMs: noon + 3 * minute,
              count: 1020,
              sum: 1300,
              buckets: [
                [1, 0, 1000],
                [1, 1, 20],
              ],
            },
          ]),
        );
      }
      expect(await summaries(database)).toEqual({
        'h@0': { p50: 15, p95: 19.5, p99: expect.closeTo(19.9, 9), mean: 15, max: 20, count: 40 },
      });
    });

    it('take the whole of a cumulative one after a reset', async () => {
      const { database } = await open();
      await database.appendPoints(
        histogramPoints(histogram, [
          { timeMs: noon + minute, count: 1000, sum: 5000, buckets: [[1, 0, 1000]] },
          { timeMs: noon + 2 * minute, count: 4, sum: 60, buckets: [[1, 1, 4]] },
        ]),
      );
      expect(await summaries(database)).toMatchObject({ 'h@0': { p50: 15, mean: 15, count: 4 } });
    });

    it('reach past the last bound no further than what is known', async () => {
      const { database } = await open();
      await database.appendPoints(
        histogramPoints({ ...histogram, temporality: 'delta', metricName: 'unknown' }, [
          { timeMs: noon, count: 1, buckets: [[1, 3, 1]] },
        ]),
      );
      await database.appendPoints(
        histogramPoints({ ...histogram, temporality: 'delta', metricName: 'known' }, [
          { timeMs: noon, count: 1, max: 100, buckets: [[1, 3, 1]] },
        ]),
      );
      const found = await summaries(database);
      expect(found['unknown@0']).toMatchObject({ p99: 40, max: 40 });
      expect(found['unknown@0']).not.toHaveProperty('mean');
      expect(found['known@0']).toMatchObject({ p50: 70, max: 100 });
    });

    it('know only what one without buckets says', async () => {
      const { database } = await open();
      await database.appendPoints(
        histogramPoints({ ...histogram, bounds: [], temporality: 'delta' }, [
          { timeMs: noon, count: 4, sum: 20, min: 5, max: 5, buckets: [[1, 0, 4]] },
        ]),
      );
      expect(await summaries(database)).toEqual({
        'h@0': { p50: 5, p95: 5, p99: 5, mean: 5, max: 5, count: 4 },
      });
    });
  });

  describe('of an exponential histogram', () => {
    const exponential = { serviceId: 's', metricName: 'e', kind: 'exponential_histogram' } as const;

    it('lie within a bucket’s width of the exact quantiles, negative and zero values included', async () => {
      const { database } = await open();
      const random = seededRandom();
      const scale = 5;
      const values = Array.from({ length: 5000 }, (_, i) =>
        i % 10 === 0 ? 0 : (i % 10 === 1 ? -1 : 1) * random.lognormal(0, 2),
      );
      const buckets = new Map<string, [number, number, number]>();
      for (const value of values) {
        const index = value === 0 ? 0 : Math.ceil(Math.log2(Math.abs(value)) * 2 ** scale) - 1;
        const key = `${Math.sign(value)} ${index}`;
        buckets.set(key, [Math.sign(value), index, (buckets.get(key)?.[2] ?? 0) + 1]);
      }
      await database.appendPoints(
        histogramPoints({ ...exponential, temporality: 'delta' }, [
          { timeMs: noon, count: values.length, scale, buckets: [...buckets.values()] },
        ]),
      );
      const sorted = [...values].sort((a, b) => a - b);
      const { 'e@0': found } = await summaries(database);
      for (const [name, q] of [
        ['p50', 0.5],
        ['p95', 0.95],
        ['p99', 0.99],
      ] as const) {
        const exact = sorted[Math.ceil(q * sorted.length) - 1]!;
        expect(Math.abs(found![name]! / exact - 1)).toBeLessThan(2 ** (2 ** -scale) - 1);
      }
      expect(found!.count).toBe(5000);
    });

    it('survive a change of scale between cumulative points', async () => {
      const { database } = await open();
      // Scale 1: base √2. Index 2 covers (2, 2.83], index 3 (2.83, 4]. At scale 0 both are index 1.
      await database.appendPoints(
        histogramPoints(exponential, [
          {
            timeMs: noon + minute,
            count: 10,
            scale: 1,
            buckets: [
              [1, 2, 4],
              [1, 3, 6],
            ],
          },
          {
            timeMs: noon + 2 * minute,
            count: 30,
            scale: 0,
            buckets: [
              [1, 1, 20],
              [1, 2, 10],
            ],
          },
        ]),
      );
      expect(await summaries(database)).toMatchObject({ 'e@0': { p50: 4, max: 8, count: 20 } });
    });
  });

  it('speak for the kind with more values where two share a name', async () => {
    const { database } = await open();
    await database.appendPoints(numberPoints(gauge('h'), [at(0, 1)]));
    await database.appendPoints(
      histogramPoints(
        { serviceId: 's', metricName: 'h', kind: 'histogram', temporality: 'delta', bounds: [10] },
        [{ timeMs: noon, count: 2, sum: 10, buckets: [[1, 0, 2]] }],
      ),
    );
    expect(await summaries(database)).toMatchObject({ 'h@0': { mean: 5, count: 2 } });
  });

  it('refuse points too old or too far ahead, and store the others of the batch', async () => {
    const { database } = await open(noon);
    const result = await database.appendPoints(
      numberPoints(gauge('g'), [
        at(-60, 1),
        at(-60.001, 2),
        at(10, 3),
        at(10.001, 4),
        at(0, Infinity),
      ]),
    );
    expect(result).toEqual({
      accepted: 2,
      rejected: [
        { reason: 'older than 3600 s', count: 1 },
        { reason: 'more than 600 s in the future', count: 1 },
        { reason: 'not a finite number', count: 1 },
      ],
    });
  });
});
