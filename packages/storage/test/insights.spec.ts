import { describe, expect, it } from '@jest/globals';
import { manualClock, seededRandom, useTempDir, type ManualClock } from '@coral/testkit';
import type { Database, MetricSummary } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { openStore } from './support/open-store.js';

const dir = useTempDir();
const windowMs = 5 * 60_000;
const startMs = Date.UTC(2026, 0, 5);
const windowsADay = 288;

/** A store with a clock, two services of which `web` calls `api`, and summaries as time goes by. */
interface World {
  readonly database: Database;
  readonly clock: ManualClock;
  /** Lets so many windows go by, and learns after each; `factor` of the level, undefined for silence. */
  pass(windows: number, factor?: (service: string) => number | undefined): Promise<void>;
  /** Lets so many windows go by, and learns once. */
  skip(windows: number, factor?: (service: string) => number | undefined): Promise<void>;
}

async function makeWorld(pastDays = 2): Promise<World> {
  const clock = manualClock(startMs);
  const database = await openStore(dir, { now: clock.now });
  await database.observeConnections([{ fromService: 'web', toService: 'api', protocol: 'http' }]);
  const random = seededRandom(11);
  let window = 0;
  const rowsOf = (factor: (service: string) => number | undefined = () => 1) => {
    const timestamp = new Date(startMs + window * windowMs);
    window += 1;
    return ['web', 'api'].flatMap((serviceId): MetricSummary[] => {
      const times = factor(serviceId);
      if (times === undefined) return [];
      return ['latency', 'queue'].map((metricName) => {
        const mean = 100 * (metricName === 'latency' ? times : 1) * (1 + random.normal(0, 0.03));
        return { timestamp, serviceId, metricName, interval: '5m', p50: mean, mean, count: 9 };
      });
    });
  };
  const setClock = () => clock.set(startMs + window * windowMs + 60_000);
  const past: MetricSummary[] = [];
  while (window < pastDays * windowsADay) past.push(...rowsOf());
  setClock();
  await database.insertMetricSummaries(past);
  await database.learn();
  return {
    database,
    clock,
    skip: async (windows, factor) => {
      const rows = Array.from({ length: windows }, () => rowsOf(factor)).flat();
      await database.insertMetricSummaries(rows);
      setClock();
      await database.learn();
    },
    pass: async (windows, factor) => {
      for (let n = 0; n < windows; n += 1) {
        await database.insertMetricSummaries(rowsOf(factor));
        setClock();
        await database.learn();
      }
    },
  };
}

const slowApi = (service: string) => (service === 'api' ? 3 : 2);

describe('an anomaly', () => {
  it('is told once for all that belongs together, from the root on, with the deploy before it', async () => {
    const { database, clock, pass, skip } = await makeWorld();
    expect(await database.listInsights()).toEqual([]);
    const deploy = await database.recordEvent({
      serviceId: 'api',
      eventType: 'deploy',
      timestamp: new Date(clock.now() - 8 * 60_000),
      details: { version: '2.0.0' },
    });
    await pass(4, slowApi);
    const insights = await database.getActiveInsights();
    expect(insights).toMatchObject([
      {
        insightType: 'anomaly',
        priority: 'high',
        status: 'active',
        affectedServices: ['api', 'web'],
        title: expect.stringMatching(/^latency of api rose to \S+ times its normal level$/),
        summary: expect.stringContaining('api was deployed (version 2.0.0) 7 minutes before.'),
        details: { metrics: 2, deploy: { event_id: deploy, service: 'api' } },
      },
    ]);
    expect(insights[0]!.confidence).toBeGreaterThan(0.8);
    expect(insights[0]!.expiresAt!.getTime()).toBeGreaterThan(clock.now());
    await skip(10, slowApi);
    expect(await database.listInsights()).toHaveLength(1);
  });

  it('is resolved when it is over, and is the same one when it comes back soon', async () => {
    const { database, pass, skip } = await makeWorld();
    await pass(4, slowApi);
    const [first] = await database.getActiveInsights();
    await skip(12);
    expect(await database.listInsights()).toMatchObject([{ id: first!.id, status: 'resolved' }]);
    await pass(4, slowApi);
    expect(await database.listInsights()).toMatchObject([{ id: first!.id, status: 'active' }]);
  });

  it('is another one when it comes back the next day', async () => {
    const { database, pass, skip } = await makeWorld();
    await pass(4, slowApi);
    await skip(20);
    await skip(80);
    await pass(4, slowApi);
    const statuses = (await database.listInsights()).map(({ status }) => status);
    expect(statuses.sort()).toEqual(['active', 'resolved']);
  });

  it('is not a spike, nor what flaps a little', async () => {
    const { database, pass, skip } = await makeWorld();
    for (let n = 0; n < 4; n += 1) {
      await pass(2, () => 9);
      await skip(7);
    }
    expect(await database.listInsights()).toEqual([]);
  });

  it('stays dismissed while it goes on, also when its insight is deleted', async () => {
    const { database, clock, pass, skip } = await makeWorld();
    await pass(4, slowApi);
    const [insight] = await database.getActiveInsights();
    await database.dismissInsight(insight!.id);
    await skip(13, slowApi);
    await pass(1, slowApi);
    expect(await database.listInsights()).toMatchObject([{ status: 'dismissed' }]);
    clock.advance(1);
    await database.applyRetention({ rules: [{ table: 'insights', keepMs: 1 }], trashMs: 0 });
    await pass(1, slowApi);
    expect(await database.listInsights()).toEqual([]);
  });

  it('is held against a pinned baseline where there is one', async () => {
    const { database, pass, skip } = await makeWorld();
    const name = { serviceId: 'api', metricName: 'latency', timeWindow: '7d' } as const;
    await database.putBaseline({ ...name, mean: 100, stddev: 100 });
    await skip(6, (service) => (service === 'api' ? 3 : 1));
    expect(await database.listInsights()).toEqual([]);
    await database.putBaseline({ ...name, mean: 900, stddev: 30 });
    await pass(1);
    expect(await database.listInsights()).toMatchObject([
      { title: expect.stringContaining('latency of api fell') },
    ]);
  });

  it('is not told of a metric that is a day old or less', async () => {
    const { database, pass, skip } = await makeWorld(0.5);
    await pass(4, slowApi);
    await skip(8, slowApi);
    expect(await database.listInsights()).toEqual([]);
  });
});

describe('silence', () => {
  it('is told of a service that came regularly, and over when it comes again', async () => {
    const { database, pass, skip } = await makeWorld();
    await skip(8);
    await skip(5, (service) => (service === 'api' ? undefined : 1));
    expect(await database.getActiveInsights()).toMatchObject([
      { title: 'api has fallen silent', affectedServices: ['api'], priority: 'high' },
    ]);
    await pass(1);
    expect(await database.getActiveInsights()).toEqual([]);
  });

  it('is not the silence of a colony that was stopped itself', async () => {
    const { database, clock, skip } = await makeWorld();
    await skip(8);
    await database.close();
    clock.advance(3 * 3_600_000);
    const again = await openStore(dir, { now: clock.now });
    await again.learn();
    expect(await again.listInsights()).toEqual([]);
  });
});

describe('why', () => {
  it('shows the queries of an insight, with what they gave then and give now', async () => {
    const { database, pass, skip } = await makeWorld();
    await pass(4, slowApi);
    const [insight] = await database.getActiveInsights();
    await skip(12);
    const { evidence } = (await database.explainInsight(insight!.id))!;
    expect(evidence).toHaveLength(2);
    const [levels, windows] = evidence;
    expect(levels!.then.columns.slice(0, levels!.keys)).toEqual(['service_id', 'metric_name']);
    const level = levels!.then.columns.indexOf('level');
    const [then, now] = [levels!.then, levels!.now!].map(({ rows }) => rows[0]![level] as number);
    expect(then).toBeGreaterThan(250);
    expect(now).toBeLessThan(120);
    // What it rests on stands in the past: more of it is there now, and none of it changed.
    expect(windows!.now!.rows.slice(0, windows!.then.rows.length)).toEqual(windows!.then.rows);
    expect(windows!.now!.rows.length).toBeGreaterThan(windows!.then.rows.length);
    await database.close();
    const rows = await bareDuckdb(database.path, levels!.sql);
    expect(rows).toHaveLength(levels!.now!.rows.length);
  });

  it('knows no evidence of what somebody else wrote, and says so of SQL that is not ours', async () => {
    const database = await openStore(dir);
    const input = {
      insightType: 'pattern',
      priority: 'low',
      title: 'By hand',
      summary: 'x',
    } as const;
    const bare = await database.createInsight(input);
    expect(await database.explainInsight(bare)).toMatchObject({ evidence: [] });
    expect(await database.explainInsight(bare + 1)).toBeUndefined();
    const taken = {
      title: 't',
      keys: 1,
      takenAt: '2026-01-05T00:00:00Z',
      columns: ['a'],
      rows: [],
    };
    const evil = await database.createInsight({
      ...input,
      details: {
        evidence: [{ ...taken, sql: 'DELETE FROM events' }, 7, { ...taken, sql: 'x y z' }],
      },
    });
    const { evidence } = (await database.explainInsight(evil))!;
    expect(evidence).toMatchObject(
      [{ problem: /queries/ }, { problem: /parsed/ }].map(({ problem }) => ({
        problem: expect.stringMatching(problem),
      })),
    );
    expect(evidence.every(({ now }) => now === undefined)).toBe(true);
  });

  it('survives names made to break it', async () => {
    const clock = manualClock(startMs + 2 * windowsADay * windowMs + 60_000);
    const database = await openStore(dir, { now: clock.now });
    const names = { serviceId: `o'neil"; DROP TABLE events; --`, metricName: `'||x||'` };
    const rows = Array.from({ length: 2 * windowsADay }, (_, n): MetricSummary => {
      const mean = (n > 2 * windowsADay - 8 ? 900 : 100) + (n % 7);
      const timestamp = new Date(startMs + n * windowMs);
      return { ...names, timestamp, interval: '5m', mean, p50: mean, count: 1 };
    });
    await database.insertMetricSummaries(rows);
    await database.learn();
    const [insight] = await database.getActiveInsights();
    const { evidence } = (await database.explainInsight(insight!.id))!;
    for (const { then, now, problem } of evidence) {
      expect(problem).toBeUndefined();
      expect(now).toEqual(then);
      expect(then.rows.length).toBeGreaterThan(0);
    }
  });
});
