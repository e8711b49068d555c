import { beforeAll, describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import {
  badCounts,
  badDates,
  badNames,
  badNumbers,
  hostileTexts,
} from '../../test/support/bad-values.js';
import { openStore } from '../../test/support/open-store.js';
import type { BaselineInput, Database } from '../index.js';

const noon = new Date('2026-01-01T12:00:00Z');
const latency: BaselineInput = { serviceId: 'checkout', metricName: 'latency', timeWindow: '1h' };

describe('baselines', () => {
  const dir = useTempDir();

  it('come back as they were put', async () => {
    const database = await openStore(dir);
    const whole = {
      ...latency,
      mean: 1.5,
      stddev: 0,
      p50: -1,
      p95: 1e300,
      p99: 5e-324,
      sampleCount: 2_147_483_647,
      lastUpdated: noon,
    };
    await database.putBaseline(whole);
    expect(await database.getBaseline('checkout', 'latency', '1h')).toEqual(whole);
  });

  it('lack what was not said, and are learned now', async () => {
    const clock = manualClock(noon);
    const database = await openStore(dir, { now: clock.now });
    await database.putBaseline(latency);
    expect(await database.listBaselines()).toEqual([{ ...latency, lastUpdated: noon }]);
  });

  it('are replaced as a whole when they come again', async () => {
    const database = await openStore(dir);
    await database.putBaseline({ ...latency, mean: 1, sampleCount: 5 });
    await database.putBaseline({ ...latency, p95: 2, lastUpdated: noon });
    expect(await database.listBaselines()).toEqual([{ ...latency, p95: 2, lastUpdated: noon }]);
  });

  it('are kept apart and listed by service, metric and window', async () => {
    const database = await openStore(dir);
    for (const timeWindow of ['7d', '1h', '1d'] as const) {
      await database.putBaseline({ ...latency, timeWindow });
    }
    await database.putBaseline({ ...latency, serviceId: 'cart' });
    await database.putBaseline({ ...latency, metricName: 'errors' });
    const keys = async (filter?: Parameters<Database['listBaselines']>[0]) =>
      (await database.listBaselines(filter)).map(
        ({ serviceId, metricName, timeWindow }) => `${serviceId} ${metricName} ${timeWindow}`,
      );
    expect(await keys()).toEqual([
      'cart latency 1h',
      'checkout errors 1h',
      'checkout latency 1d',
      'checkout latency 1h',
      'checkout latency 7d',
    ]);
    expect(await keys({ serviceId: 'cart' })).toEqual(['cart latency 1h']);
    expect(await keys({ metricName: 'errors' })).toEqual(['checkout errors 1h']);
    expect(await keys({ timeWindow: '7d' })).toEqual(['checkout latency 7d']);
    expect(await keys({ serviceId: 'cart', timeWindow: '7d' })).toEqual([]);
  });

  it('that were never put are undefined', async () => {
    const database = await openStore(dir);
    await database.putBaseline(latency);
    expect(await database.getBaseline('checkout', 'latency', '1d')).toBeUndefined();
    expect(await database.getBaseline('checkout', 'errors', '1h')).toBeUndefined();
    expect(await database.getBaseline('cart', 'latency', '1h')).toBeUndefined();
  });
});

describe('what cannot be a baseline', () => {
  const dir = useTempDir({ per: 'file' });
  let database: Database;
  beforeAll(async () => {
    database = await openStore(dir);
  });

  const refuses = async (field: string, value: unknown) =>
    expect(
      database.putBaseline({ ...latency, [field]: value } as BaselineInput),
    ).rejects.toMatchObject({ code: 'STORAGE_INVALID_INPUT', details: { field } });

  it.each(['serviceId', 'metricName'])('is refused for a bad %s', async (field) => {
    for (const [, value] of badNames) await refuses(field, value);
  });

  it.each(['2h', '', undefined])('is refused for the window %j', async (value) => {
    await refuses('timeWindow', value);
  });

  it.each(['mean', 'stddev', 'p50', 'p95', 'p99'])('is refused for a bad %s', async (field) => {
    for (const [, value] of badNumbers) await refuses(field, value);
  });

  it.each([...badCounts])('is refused for a sample count that is %s', async (_, value) => {
    await refuses('sampleCount', value);
  });

  it.each(badDates.filter(([, value]) => value !== null))(
    'is refused for a time that is %s',
    async (_, value) => {
      await refuses('lastUpdated', value);
    },
  );

  it('was never stored', async () => {
    expect(await database.listBaselines()).toEqual([]);
  });

  it.each(hostileTexts)('is not %j: it is stored as it stands', async (text) => {
    await database.putBaseline({ ...latency, serviceId: text, metricName: text });
    expect(await database.getBaseline(text, text, '1h')).toMatchObject({ serviceId: text });
  });
});
