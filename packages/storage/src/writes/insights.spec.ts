import { beforeAll, describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import {
  badDates,
  badNames,
  badNumbers,
  badObjects,
  hostileTexts,
} from '../../test/support/bad-values.js';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { openStore } from '../../test/support/open-store.js';
import { insightPriorities, insightTypes, type Database, type InsightInput } from '../index.js';

const noon = Date.UTC(2026, 0, 1, 12);
const slow: InsightInput = {
  insightType: 'anomaly',
  priority: 'high',
  title: 'Checkout is slow',
  summary: 'p95 is three times its baseline.',
};

describe('insights', () => {
  const dir = useTempDir();

  it('come back as they were created, active', async () => {
    const database = await openStore(dir);
    const whole = {
      ...slow,
      createdAt: new Date(noon),
      details: { p95: 0.3, baseline: { p95: 0.1 } },
      affectedServices: ['checkout', 'cart'],
      confidence: 0.75,
      expiresAt: new Date('2100-01-01T00:00:00Z'),
    };
    const id = await database.createInsight(whole);
    expect(await database.listInsights()).toEqual([{ ...whole, id, status: 'active' }]);
  });

  it('lack what was not said, concern no service, and are found now', async () => {
    const clock = manualClock(noon);
    const database = await openStore(dir, { now: clock.now });
    const id = await database.createInsight(slow);
    expect(await database.listInsights()).toEqual([
      { ...slow, id, createdAt: clock.date(), affectedServices: [], status: 'active' },
    ]);
    await database.close();
    expect(
      await bareDuckdb(
        database.path,
        `SELECT details IS NULL, confidence IS NULL, expires_at IS NULL, affected_services FROM insights`,
      ),
    ).toEqual([[true, true, true, '[]']]);
  });

  it('have ids that grow, also over a restart', async () => {
    const first = await openStore(dir);
    const [a, b] = [await first.createInsight(slow), await first.createInsight(slow)];
    await first.close();
    const second = await openStore(dir);
    const c = await second.createInsight(slow);
    expect(a).toBeLessThan(b);
    expect(b).toBeLessThan(c);
  });

  it('are listed by priority, newest first within one', async () => {
    const clock = manualClock(noon);
    const database = await openStore(dir, { now: clock.now });
    for (const [priority, title] of [
      ['low', 'a'],
      ['high', 'b'],
      ['medium', 'c'],
      ['high', 'd'],
    ] as const) {
      await database.createInsight({ ...slow, priority, title });
      clock.advance(1);
    }
    const titles = async (filter?: Parameters<Database['listInsights']>[0]) =>
      (await database.listInsights(filter)).map(({ title }) => title);
    expect(await titles()).toEqual(['d', 'b', 'c', 'a']);
    expect(await titles({ priority: 'high' })).toEqual(['d', 'b']);
    expect(await titles({ limit: 3 })).toEqual(['d', 'b', 'c']);
    expect((await database.getActiveInsights()).map(({ title }) => title)).toEqual([
      'd',
      'b',
      'c',
      'a',
    ]);
  });

  it('are active until the moment in which they expire', async () => {
    const clock = manualClock(noon);
    const database = await openStore(dir, { now: clock.now });
    await database.createInsight({ ...slow, expiresAt: new Date(noon + 60_000) });
    clock.advance(59_999);
    expect(await database.getActiveInsights()).toHaveLength(1);
    clock.advance(1);
    expect(await database.getActiveInsights()).toEqual([]);
    expect(await database.listInsights({ status: 'active' })).toHaveLength(1);
  });

  it('that never expire stay active', async () => {
    const clock = manualClock(noon);
    const database = await openStore(dir, { now: clock.now });
    await database.createInsight(slow);
    clock.set('2100-01-01T00:00:00Z');
    expect(await database.getActiveInsights()).toHaveLength(1);
  });

  it.each([
    ['resolved', 'resolveInsight', 'dismissInsight'],
    ['dismissed', 'dismissInsight', 'resolveInsight'],
  ] as const)(
    'can be %s once, and then not be ended in another way',
    async (status, end, other) => {
      const database = await openStore(dir);
      const id = await database.createInsight(slow);
      const kept = await database.createInsight(slow);
      expect(await database[end](id)).toBe(true);
      expect(await database[end](id)).toBe(false);
      expect(await database[other](id)).toBe(false);
      expect(await database.listInsights({ status })).toMatchObject([{ id, status }]);
      expect(await database.getActiveInsights()).toMatchObject([{ id: kept }]);
      expect(await database.getInsight(id)).toMatchObject({ ...slow, id, status });
      expect(await database.getInsight(kept + 1)).toBeUndefined();
    },
  );

  it.each([0, -1, 1.5, NaN, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'of the id %d are not there to be ended',
    async (id) => {
      const database = await openStore(dir);
      await database.createInsight(slow);
      expect(await database.resolveInsight(id)).toBe(false);
      expect(await database.dismissInsight(id)).toBe(false);
      expect(await database.getActiveInsights()).toHaveLength(1);
    },
  );

  it('show what another program wrote into their JSON columns', async () => {
    const database = await openStore(dir);
    await database.close();
    await bareDuckdb(
      database.path,
      `INSERT INTO insights VALUES
         (1001, TIMESTAMP '2026-01-01', 'pattern', 'low', 'a', 'b', 'no JSON', 'checkout', 'active', NULL, NULL),
         (1002, TIMESTAMP '2026-01-02', 'pattern', 'low', 'a', 'b', NULL, NULL, 'active', NULL, NULL),
         (1003, TIMESTAMP '2026-01-03', 'pattern', 'low', 'a', 'b', '5', '{"a":1}', 'active', NULL, NULL)`,
    );
    const again = await openStore(dir);
    expect(
      (await again.listInsights()).map(({ details, affectedServices }) => [
        details,
        affectedServices,
      ]),
    ).toEqual([
      [{ text: '5' }, ['{"a":1}']],
      [undefined, []],
      [{ text: 'no JSON' }, ['checkout']],
    ]);
  });
});

describe('what cannot be an insight', () => {
  const dir = useTempDir({ per: 'file' });
  let database: Database;
  beforeAll(async () => {
    database = await openStore(dir);
  });

  const refuses = async (field: string, value: unknown, named = field) =>
    expect(
      database.createInsight({ ...slow, [field]: value } as InsightInput),
    ).rejects.toMatchObject({ code: 'STORAGE_INVALID_INPUT', details: { field: named } });

  it.each([...badNames])('is refused for a title of %s', async (_, value) => {
    await refuses('title', value);
  });

  it.each([undefined, 5, 'a\0', 'x'.repeat(65_537)])(
    'is refused for some summaries',
    async (value) => {
      await refuses('summary', value);
    },
  );

  it.each(['Anomaly', '', undefined])('is refused for the type %j', async (value) => {
    await refuses('insightType', value);
  });

  it.each(['urgent', '', undefined])('is refused for the priority %j', async (value) => {
    await refuses('priority', value);
  });

  it.each([...badNumbers, ['less than 0', -Number.MIN_VALUE], ['more than 1', 1 + Number.EPSILON]])(
    'is refused for a confidence that is %s',
    async (_, value) => {
      await refuses('confidence', value);
    },
  );

  it.each([...badObjects])('is refused for details that are %s', async (_, value) => {
    await refuses('details', value);
  });

  it.each([...badDates])('is refused for an expiry that is %s', async (_, value) => {
    await refuses('expiresAt', value);
  });

  it.each([...badNames])('is refused for an affected service of %s', async (_, value) => {
    await refuses('affectedServices', ['checkout', value], 'affectedServices[1]');
  });

  it('was never stored', async () => {
    expect(await database.listInsights()).toEqual([]);
  });

  it.each([0, 1])('is not the confidence %d', async (confidence) => {
    const id = await database.createInsight({ ...slow, confidence });
    expect(await database.listInsights()).toContainEqual(
      expect.objectContaining({ id, confidence }),
    );
  });

  it('is not an empty summary, nor any type with any priority', async () => {
    for (const insightType of insightTypes) {
      for (const priority of insightPriorities) {
        await database.createInsight({ ...slow, insightType, priority, summary: '' });
      }
    }
  });

  it.each(hostileTexts)('is not %j: it is stored as it stands', async (text) => {
    const insight = {
      ...slow,
      title: text,
      summary: text,
      affectedServices: [text],
      details: { text },
    };
    const id = await database.createInsight(insight);
    expect(await database.listInsights()).toContainEqual(
      expect.objectContaining({ id, ...insight }),
    );
  });
});
