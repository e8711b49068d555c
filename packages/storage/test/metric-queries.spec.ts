import { beforeEach, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import type { Database, MetricSummary, QueryMetricOptions, SummaryInterval } from '../src/index.js';
import { openStore } from './support/open-store.js';
import { rows } from './support/look-ups.js';

const minute = 60_000;
const hour = 60 * minute;
const noon = Date.UTC(2026, 0, 1, 12);
const lengthMs = { '5m': 5 * minute, '15m': 15 * minute, '1h': hour, '1d': 24 * hour };
const at = (minutes: number) => new Date(noon + minutes * minute);

function summary(
  interval: SummaryInterval,
  minutes: number,
  numbers: Partial<MetricSummary>,
): MetricSummary {
  return {
    timestamp: at(minutes),
    serviceId: 'checkout',
    metricName: 'latency',
    interval,
    ...numbers,
  };
}

describe('queryMetric', () => {
  const dir = useTempDir();
  let database: Database;
  beforeEach(async () => {
    database = await openStore(dir, { now: () => noon + 3 * hour });
  });

  async function series(options: Partial<QueryMetricOptions>) {
    const { points } = await database.queryMetric({
      service: 'checkout',
      metric: 'latency',
      from: at(0),
      to: at(60),
      statistic: 'mean',
      ...options,
    });
    return points.map(({ timestamp, value, interval }) => [
      (timestamp.getTime() - noon) / minute,
      value,
      interval,
    ]);
  }

  it('gives the stored summaries of its step, the first included and the last not', async () => {
    await database.insertMetricSummaries(
      [-5, 0, 5, 55, 60].map((minutes) => summary('5m', minutes, { mean: minutes, p95: 1 })),
    );
    expect(await series({ step: '5m' })).toEqual([
      [0, 0, '5m'],
      [5, 5, '5m'],
      [55, 55, '5m'],
    ]);
    expect(await series({ step: '5m', statistic: 'p95' })).toHaveLength(3);
    expect(await series({ step: '5m', statistic: 'count' })).toEqual([]);
  });

  it('combines shorter summaries where its own is missing: counts, means and maxima, no percentiles', async () => {
    await database.insertMetricSummaries([
      summary('15m', 0, { mean: 1, max: 1, count: 1, p95: 1 }),
      summary('5m', 15, { mean: 10, max: 30, count: 1, p95: 5 }),
      summary('5m', 25, { mean: 40, max: 50, count: 3, p95: 6 }),
    ]);
    const step = '15m';
    expect(await series({ step })).toEqual([
      [0, 1, '15m'],
      [15, 32.5, '5m'],
    ]);
    expect(await series({ step, statistic: 'max' })).toContainEqual([15, 50, '5m']);
    expect(await series({ step, statistic: 'count' })).toContainEqual([15, 4, '5m']);
    expect(await series({ step, statistic: 'sum' })).toContainEqual([15, 130, '5m']);
    expect(await series({ step, statistic: 'p95' })).toEqual([[0, 1, '15m']]);
  });

  it('counts nothing twice where several shorter intervals are there', async () => {
    await database.insertMetricSummaries([
      ...[0, 5, 10, 15, 20, 25, 30].map((m) => summary('5m', m, { mean: 1, count: 1 })),
      summary('15m', 0, { mean: 1, count: 3 }),
      summary('15m', 15, { mean: 1, count: 3 }),
    ]);
    expect(await series({ step: '1h', statistic: 'count' })).toEqual([[0, 7, '5m']]);
    expect(await series({ step: 30 * minute, statistic: 'count' })).toEqual([
      [0, 6, '15m'],
      [30, 1, '5m'],
    ]);
  });

  it('takes a longer summary for what the shorter ones no longer hold', async () => {
    await database.insertMetricSummaries([
      summary('1h', -60, { mean: 4, max: 9, count: 12, p95: 8 }),
      summary('1h', 0, { mean: 2, max: 9, count: 12, p95: 7 }),
      ...[40, 45, 50, 55].map((m) => summary('5m', m, { mean: 4, count: 1, max: 4, p95: 4 })),
    ]);
    const options = { from: at(-60), step: '5m' } as const;
    expect(await series({ ...options, statistic: 'p95' })).toEqual([
      [-60, 8, '1h'],
      [0, 7, '1h'],
      ...[40, 45, 50, 55].map((m) => [m, 4, '5m']),
    ]);
    expect((await series({ ...options, statistic: 'count' })).slice(0, 2)).toEqual([
      [-60, 12, '1h'],
      [0, 8, '1h'],
    ]);
    expect((await series({ ...options, statistic: 'mean' })).slice(0, 2)).toEqual([
      [-60, 4, '1h'],
      [0, 1, '1h'],
    ]);
  });

  it('adds nothing to a sparse series whose summaries are all there', async () => {
    await database.insertMetricSummaries([
      summary('5m', 10, { mean: 3, count: 1 }),
      ...(['15m', '1h', '1d'] as const).map((interval) =>
        summary(interval, interval === '1d' ? -720 : 0, { mean: 3, count: 1 }),
      ),
    ]);
    for (const statistic of ['mean', 'count', 'rate'] as const) {
      expect(await series({ step: '5m', statistic })).toHaveLength(1);
    }
  });

  it('has percentiles of an odd step from the next longer summary', async () => {
    await database.insertMetricSummaries([
      summary('15m', 0, { p95: 1, count: 1 }),
      summary('1h', 0, { p95: 2, count: 4 }),
    ]);
    expect(await series({ step: 30 * minute, statistic: 'p95' })).toEqual([[0, 2, '1h']]);
  });

  it('gives the same totals at every step', async () => {
    const all: MetricSummary[] = [];
    for (const interval of ['5m', '15m', '1h'] as const) {
      const length = lengthMs[interval] / minute;
      for (let m = 0; m < 240; m += length) {
        // As if retention kept 5m for the last hour and 15m for the last two.
        if ((interval === '5m' && m < 180) || (interval === '15m' && m < 115)) continue;
        all.push(summary(interval, m, { mean: 2, count: length / 5 }));
      }
    }
    await database.insertMetricSummaries(all);
    for (const step of ['5m', '15m', '1h', 30 * minute, 2 * hour] as const) {
      for (const [statistic, total] of [
        ['count', 48],
        ['sum', 96],
      ] as const) {
        const points = await series({ to: at(240), step, statistic });
        expect([step, points.reduce((sum, [, value]) => sum + Number(value), 0)]).toEqual([
          step,
          total,
        ]);
      }
    }
  });

  it.each([
    [41 * hour, 5 * minute],
    [42 * hour, 15 * minute],
    [5 * 24 * hour, 15 * minute],
    [20 * 24 * hour, hour],
    [500 * 24 * hour, 24 * hour],
    [1001 * 24 * hour, 3 * 24 * hour],
  ])('chooses for a range of %d ms the step %d ms', async (range, stepMs) => {
    const answer = await database.queryMetric({
      service: 's',
      metric: 'm',
      statistic: 'max',
      from: new Date(0),
      to: new Date(range),
    });
    expect(answer).toMatchObject({ stepMs, points: [] });
  });

  it.each([
    ['service', { service: '' }],
    ['metric', { metric: 'm\0' }],
    ['from', { from: at(60) }],
    ['to', { to: new Date(Number.NaN) }],
    ['statistic', { statistic: 'p50; DROP TABLE services' }],
    ['step', { step: '2h' }],
    ['step', { step: 1000 }],
    ['step', { step: 7 * minute }],
    ['step', { step: '5m', to: at(5 * 10_001) }],
    ['timeoutMs', { timeoutMs: 0 }],
  ])('refuses a wrong %s', async (field, options) => {
    await expect(series(options as Partial<QueryMetricOptions>)).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field },
    });
  });

  it('takes a name for a name, whatever is in it', async () => {
    const service = `x' OR '1'='1`;
    await database.insertMetricSummaries([
      summary('5m', 0, { mean: 1 }),
      { ...summary('5m', 0, { mean: 2 }), serviceId: service },
    ]);
    expect(await series({ service, step: '5m' })).toEqual([[0, 2, '5m']]);
  });

  it('has rates per second, of the window that goes on by the time it has lasted', async () => {
    await database.insertMetricSummaries([
      summary('5m', 170, { mean: 2, count: 600 }),
      summary('5m', 180, { mean: 2, count: 600 }),
    ]);
    const found = await database.metricRate({
      service: 'checkout',
      metric: 'latency',
      from: at(120),
      to: at(181),
      step: '5m',
    });
    expect(found.points.map(({ value }) => value)).toEqual([2, 600]);
  });
});

describe('latestMetric', () => {
  const dir = useTempDir();

  it('is the newest summary, the shortest of its time, or of one interval', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummaries([
      summary('5m', 0, { mean: 1 }),
      summary('5m', 60, { mean: 2 }),
      summary('1h', 60, { mean: 3 }),
      summary('1d', -720, { mean: 4 }),
    ]);
    const name = { service: 'checkout', metric: 'latency' };
    expect(await database.latestMetric(name)).toMatchObject({ interval: '5m', mean: 2 });
    expect(await database.latestMetric({ ...name, interval: '1d' })).toMatchObject({ mean: 4 });
    expect(await database.latestMetric({ ...name, metric: 'none' })).toBeUndefined();
  });
});

describe('topBy', () => {
  const dir = useTempDir();
  let database: Database;
  beforeEach(async () => {
    database = await openStore(dir, { now: () => noon + hour });
    const of = (serviceId: string, metricName: string, numbers: Partial<MetricSummary>) => ({
      ...summary('5m', 0, numbers),
      serviceId,
      metricName,
    });
    await database.insertMetricSummaries([
      of('a', 'latency', { mean: 1, count: 100, p95: 9, max: 10 }),
      of('b', 'latency', { mean: 5, count: 10, p95: 8, max: 20 }),
      of('b', 'errors', { mean: 1, count: 3, p95: 1, max: 1 }),
      { ...of('b', 'errors', { mean: 4, count: 1 }), timestamp: at(5) },
      { ...of('c', 'latency', { mean: 9, count: 9, p95: 99 }), timestamp: at(60) },
    ]);
  });
  const range = { from: at(0), to: at(58) };

  it('compares each metric of each service over the range', async () => {
    expect(await database.topBy({ ...range, statistic: 'mean' })).toEqual([
      { service: 'b', metric: 'latency', value: 5 },
      { service: 'b', metric: 'errors', value: 1.75 },
      { service: 'a', metric: 'latency', value: 1 },
    ]);
  });

  it('compares services, or metrics, and only those that are wanted', async () => {
    expect(await database.topBy({ ...range, statistic: 'count', by: 'service' })).toEqual([
      { service: 'a', value: 100 },
      { service: 'b', value: 14 },
    ]);
    expect(await database.topBy({ ...range, statistic: 'sum', by: 'metric' })).toEqual([
      { metric: 'latency', value: 150 },
      { metric: 'errors', value: 7 },
    ]);
    expect(
      await database.topBy({ ...range, statistic: 'max', metric: 'latency', limit: 1 }),
    ).toEqual([{ service: 'b', metric: 'latency', value: 20 }]);
    expect(await database.topBy({ ...range, statistic: 'rate', service: 'a' })).toEqual([
      { service: 'a', metric: 'latency', value: 100 / 3600 },
    ]);
  });

  it('says of a percentile which window has it', async () => {
    expect(await database.topBy({ ...range, statistic: 'p95', limit: 1 })).toEqual([
      { service: 'a', metric: 'latency', value: 9, at: at(0), interval: '5m' },
    ]);
    await database.insertMetricSummaries([
      { ...summary('5m', 50, { p95: 9 }), serviceId: 'a' },
      { ...summary('5m', 55, {}), serviceId: 'a' },
    ]);
    const [again] = await database.topBy({ ...range, statistic: 'p95', limit: 1 });
    expect(again).toMatchObject({ value: 9, at: at(50) });
  });

  it('counts a time once where summaries of several intervals hold it', async () => {
    await database.insertMetricSummaries([
      { ...summary('1h', 0, { mean: 1, count: 110 }), serviceId: 'a', metricName: 'latency' },
    ]);
    const found = await database.topBy({ ...range, statistic: 'count', service: 'a' });
    expect(found).toMatchObject([{ value: 110 }]);
  });

  it.each([
    ['by', { by: 'host' }],
    ['statistic', { statistic: 'median' }],
    ['limit', { limit: 0 }],
    ['from', { from: at(59) }],
  ])('refuses a wrong %s', async (field, options) => {
    const bad = { ...range, statistic: 'mean', ...options } as Parameters<Database['topBy']>[0];
    await expect(database.topBy(bad)).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field },
    });
  });
});

describe('movingAverage', () => {
  const dir = useTempDir();

  it('answers as the query of the RFD does', async () => {
    const database = await openStore(dir);
    const summaries = ['a', 'b'].flatMap((serviceId) =>
      Array.from({ length: 20 }, (_, day) => ({
        ...summary('1d', day * 1440 - 720, { mean: (day * 7 + serviceId.length) % 11 }),
        serviceId,
        metricName: 'http_response_time',
      })),
    );
    await database.insertMetricSummaries(summaries);
    const rfd = await rows(
      database,
      `SELECT timestamp, service_id, metric_name, mean, AVG (mean) OVER (
         PARTITION BY service_id, metric_name
         ORDER BY timestamp
         ROWS BETWEEN 6 PRECEDING AND CURRENT ROW
         ) AS moving_avg_7d
       FROM metric_summaries
       WHERE metric_name = 'http_response_time'
       ORDER BY timestamp DESC, service_id`,
    );
    const metric = 'http_response_time';
    const found = await database.movingAverage({ metric, interval: '1d', windows: 7 });
    expect(found.map((point) => [point.service, point.mean, point.movingAverage])).toEqual(
      rfd.map(([, service, , mean, average]) => [service, mean, average]),
    );
    const some = { metric, interval: '1d', windows: 7, service: 'a', limit: 3 } as const;
    expect(await database.movingAverage(some)).toEqual(
      found.filter(({ service }) => service === 'a').slice(0, 3),
    );
    expect(
      await database.movingAverage({ ...some, from: found[4]!.timestamp, to: found[1]!.timestamp }),
    ).toEqual(found.filter(({ service }) => service === 'a').slice(1, 3));
  });
});

describe('compareWithBaseline', () => {
  const dir = useTempDir();

  it('says how far the newest summary, or a range, is from what is normal', async () => {
    const database = await openStore(dir);
    const name = { service: 'checkout', metric: 'latency', timeWindow: '7d' } as const;
    await database.insertMetricSummaries([
      summary('5m', 0, { mean: 1, count: 1 }),
      summary('5m', 5, { mean: 16, count: 2 }),
    ]);
    expect(await database.compareWithBaseline(name)).toBeUndefined();
    const baseline = { serviceId: 'checkout', metricName: 'latency', timeWindow: '7d' } as const;
    await database.putBaseline({ ...baseline, mean: 10, stddev: 2 });
    expect(await database.compareWithBaseline(name)).toEqual({
      baseline: expect.objectContaining({ mean: 10 }),
      mean: 16,
      difference: 6,
      ratio: 1.6,
      zScore: 3,
    });
    expect(await database.compareWithBaseline({ ...name, from: at(0), to: at(10) })).toMatchObject({
      mean: 11,
      difference: 1,
      zScore: 0.5,
    });
    await database.putBaseline({ ...baseline, mean: 0, stddev: 0 });
    const flat = await database.compareWithBaseline(name);
    expect(flat).toMatchObject({ difference: 16 });
    expect(flat).not.toHaveProperty('zScore');
    expect(flat).not.toHaveProperty('ratio');
  });
});
