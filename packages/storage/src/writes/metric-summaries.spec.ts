import { beforeAll, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import {
  badCounts,
  badDates,
  badNames,
  badNumbers,
  hostileTexts,
} from '../../test/support/bad-values.js';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { openStore } from '../../test/support/open-store.js';
import { summaryIntervals, type Database, type MetricSummary } from '../index.js';

const noon = Date.UTC(2026, 0, 1, 12);
const at = (minutes: number) => new Date(noon + minutes * 60_000);
const latency: MetricSummary = {
  timestamp: at(0),
  serviceId: 'checkout',
  metricName: 'latency',
  interval: '5m',
};

describe('metric summaries', () => {
  const dir = useTempDir();

  it('come back as they were inserted', async () => {
    const database = await openStore(dir);
    const whole = {
      ...latency,
      p50: 0.5,
      p95: 0.95,
      p99: 0.99,
      mean: -1e-300,
      max: 1e300,
      count: 7,
    };
    await database.insertMetricSummary(whole);
    expect(await database.listMetricSummaries()).toEqual([whole]);
  });

  it('lack the numbers that were not given, and have NULL for them', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummary(latency);
    expect(await database.listMetricSummaries()).toEqual([latency]);
    await database.close();
    expect(
      await bareDuckdb(
        database.path,
        'SELECT coalesce(p50, p95, p99, mean, max, count) IS NULL FROM metric_summaries',
      ),
    ).toEqual([[true]]);
  });

  it('keep a zero apart from an absent number', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummary({ ...latency, mean: 0, count: 0 });
    expect(await database.listMetricSummaries()).toEqual([{ ...latency, mean: 0, count: 0 }]);
  });

  it('are replaced as a whole when the same window comes again', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummary({ ...latency, p50: 1, count: 1 });
    await database.insertMetricSummary({ ...latency, p95: 2 });
    expect(await database.listMetricSummaries()).toEqual([{ ...latency, p95: 2 }]);
  });

  it('of one window and batch are replaced by the last', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummaries([
      { ...latency, mean: 1 },
      { ...latency, interval: '1h', mean: 2 },
      { ...latency, mean: 3 },
    ]);
    expect((await database.listMetricSummaries()).map(({ mean }) => mean)).toEqual([2, 3]);
  });

  it('are kept apart by time, service, metric and interval', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummaries([
      latency,
      { ...latency, timestamp: at(5) },
      { ...latency, serviceId: 'cart' },
      { ...latency, metricName: 'errors' },
      { ...latency, interval: '15m' },
    ]);
    expect(await database.listMetricSummaries()).toHaveLength(5);
  });

  it('go in by thousands in one call', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummaries(
      Array.from({ length: 5_000 }, (_, n) => ({ ...latency, timestamp: at(n * 5), count: n })),
    );
    const found = await database.listMetricSummaries({ limit: 10_000 });
    expect(found.map(({ count }) => count)).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
  });

  it('go in all or none', async () => {
    const database = await openStore(dir);
    await expect(
      database.insertMetricSummaries([latency, { ...latency, metricName: '' }]),
    ).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field: '[1].metricName' },
    });
    expect(await database.listMetricSummaries()).toEqual([]);
  });

  it('may be none at all', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummaries([]);
    expect((await database.stats()).queue.writes).toBe(0);
  });

  it('are listed oldest first, filtered, from inclusive and to exclusive', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummaries([
      { ...latency, timestamp: at(10), count: 3 },
      { ...latency, timestamp: at(0), count: 1 },
      { ...latency, timestamp: at(5), count: 2 },
      { ...latency, timestamp: at(5), serviceId: 'cart', count: 4 },
      { ...latency, timestamp: at(5), metricName: 'errors', count: 5 },
      { ...latency, timestamp: at(5), interval: '1h', count: 6 },
    ]);
    const counts = async (filter: Parameters<Database['listMetricSummaries']>[0]) =>
      (await database.listMetricSummaries(filter)).map(({ count }) => count);
    const own = { serviceId: 'checkout', metricName: 'latency', interval: '5m' } as const;
    expect(await counts(own)).toEqual([1, 2, 3]);
    expect(await counts({ ...own, from: at(5) })).toEqual([2, 3]);
    expect(await counts({ ...own, from: new Date(+at(5) + 1) })).toEqual([3]);
    expect(await counts({ ...own, to: at(10) })).toEqual([1, 2]);
    expect(await counts({ ...own, to: new Date(+at(10) + 1) })).toEqual([1, 2, 3]);
    expect(await counts({ ...own, from: at(5), to: at(5) })).toEqual([]);
    expect(await counts({ serviceId: 'cart' })).toEqual([4]);
    expect(await counts({ metricName: 'errors' })).toEqual([5]);
    expect(await counts({ interval: '1h' })).toEqual([6]);
    expect(await counts({ ...own, limit: 2 })).toEqual([2, 3]);
  });

  it('are at most 1000 when no limit is given', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummaries(
      Array.from({ length: 1001 }, (_, n) => ({ ...latency, timestamp: at(n * 5), count: n })),
    );
    const found = await database.listMetricSummaries();
    expect(found).toHaveLength(1000);
    expect(found[0]!.count).toBe(1);
  });

  it('are told by metric: which there are, since when and until when', async () => {
    const database = await openStore(dir);
    await database.insertMetricSummaries([
      { ...latency, timestamp: at(5) },
      { ...latency, timestamp: at(0) },
      { ...latency, interval: '1h' },
      { ...latency, serviceId: 'cart' },
    ]);
    const one = {
      metricName: 'latency',
      interval: '5m',
      firstAt: at(0),
      lastAt: at(0),
      summaries: 1,
    };
    expect(await database.listMetrics()).toEqual([
      { ...one, serviceId: 'cart' },
      { ...one, serviceId: 'checkout', interval: '1h' },
      { ...one, serviceId: 'checkout', lastAt: at(5), summaries: 2 },
    ]);
    expect(await database.listMetrics({ serviceId: 'cart' })).toHaveLength(1);
    expect(await database.listMetrics({ serviceId: 'nobody' })).toEqual([]);
  });

  it('may lie anywhere in time', async () => {
    const database = await openStore(dir);
    const times = [new Date(-1), new Date(0), new Date(8.64e15), new Date(-8.64e15)];
    await database.insertMetricSummaries(times.map((timestamp) => ({ ...latency, timestamp })));
    expect((await database.listMetricSummaries()).map(({ timestamp }) => +timestamp)).toEqual([
      -8.64e15, -1, 0, 8.64e15,
    ]);
  });
});

describe('what cannot be a metric summary', () => {
  const dir = useTempDir({ per: 'file' });
  let database: Database;
  beforeAll(async () => {
    database = await openStore(dir);
  });

  const refuses = async (field: string, value: unknown) =>
    expect(
      database.insertMetricSummary({ ...latency, [field]: value } as MetricSummary),
    ).rejects.toMatchObject({ code: 'STORAGE_INVALID_INPUT', details: { field } });

  it.each(['serviceId', 'metricName'])('is refused for a bad %s', async (field) => {
    for (const [, value] of badNames) await refuses(field, value);
  });

  it.each(['p50', 'p95', 'p99', 'mean', 'max'])('is refused for a bad %s', async (field) => {
    for (const [, value] of badNumbers) await refuses(field, value);
  });

  it.each([...badCounts])('is refused for a count that is %s', async (_, value) => {
    await refuses('count', value);
  });

  it.each([...badDates, ['nothing', undefined] as const])(
    'is refused for a timestamp that is %s',
    async (_, value) => {
      await refuses('timestamp', value);
    },
  );

  it.each(['1m', '5M', '', undefined, null])('is refused for the interval %j', async (value) => {
    await refuses('interval', value);
  });

  it('was never stored', async () => {
    expect(await database.listMetricSummaries()).toEqual([]);
  });

  it.each(summaryIntervals)('is not the interval %s', async (interval) => {
    await database.insertMetricSummary({ ...latency, interval });
    expect(await database.listMetricSummaries({ interval })).toEqual([{ ...latency, interval }]);
  });

  it('is not the largest count that an INTEGER holds', async () => {
    const count = 2_147_483_647;
    await database.insertMetricSummary({ ...latency, serviceId: 'most', count });
    expect(await database.listMetricSummaries({ serviceId: 'most' })).toMatchObject([{ count }]);
  });

  it.each(hostileTexts)('is not the name %j: it is stored as it stands', async (text) => {
    const summary = { ...latency, serviceId: text, metricName: text };
    await database.insertMetricSummary(summary);
    expect(await database.listMetricSummaries({ serviceId: text, metricName: text })).toEqual([
      summary,
    ]);
  });

  it.each([
    ['from', new Date(NaN)],
    ['to', '2026-01-01'],
    ['limit', 0],
  ])('cannot be looked for by a bad %s', async (field, value) => {
    await expect(database.listMetricSummaries({ [field]: value })).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field },
    });
  });
});
