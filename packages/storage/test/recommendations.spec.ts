import { describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import type { Database, MetricSummary } from '../src/index.js';
import { describe as describeSeries, numberPoints } from './support/number-points.js';
import { openStore } from './support/open-store.js';

const dir = useTempDir();
const monday = Date.UTC(2026, 0, 5);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Everything that an insight's queries gave then must be given now. */
async function expectEvidence(database: Database, id: number): Promise<void> {
  const { evidence } = (await database.explainInsight(id))!;
  expect(evidence).toHaveLength(1);
  expect(evidence[0]!.problem).toBeUndefined();
  expect(evidence[0]!.then.rows.length).toBeGreaterThan(0);
  expect(evidence[0]!.now).toEqual(evidence[0]!.then);
}

describe('a recommendation', () => {
  it('names a service that is not seen for a week, until it is', async () => {
    const clock = manualClock(monday);
    const database = await openStore(dir, { now: clock.now });
    await database.upsertService({ id: 'shop', name: 'shop', appId: 'shop', agentId: 'a' });
    clock.advance(7 * dayMs);
    await database.learn();
    expect(await database.listInsights()).toEqual([]);
    clock.advance(hourMs);
    await database.learn();
    const [insight] = await database.listInsights();
    expect(insight).toMatchObject({
      insightType: 'recommendation',
      priority: 'low',
      title: 'shop has not been seen since 2026-01-05 00:00 UTC',
      affectedServices: ['shop'],
      status: 'active',
    });
    await expectEvidence(database, insight!.id);
    await database.heartbeatService('shop');
    clock.advance(hourMs);
    await database.learn();
    expect(await database.listInsights()).toMatchObject([{ id: insight!.id, status: 'resolved' }]);
  });

  /** One point each of series of one metric. */
  async function sendSeries(database: Database, timeMs: number, attributes: readonly object[]) {
    const orders = { serviceId: 'shop', metricName: 'orders', kind: 'gauge' } as const;
    const points = attributes.map((_, value) => ({ timeMs, value }));
    await database.appendPoints({
      ...numberPoints(orders, points),
      series: attributes.map((each) =>
        describeSeries({ ...orders, attributes: JSON.stringify(each) }),
      ),
      seriesIndex: Uint32Array.from(points.keys()),
    });
  }

  it('names a metric of many series, and the attribute that makes them', async () => {
    const clock = manualClock(monday);
    const database = await openStore(dir, { now: clock.now });
    const users = Array.from({ length: 1_000 }, (_, n) => ({
      method: n % 2 ? 'GET' : 'POST',
      user: `user-${n}`,
    }));
    await sendSeries(database, clock.now(), users.slice(0, 999));
    await database.learn();
    expect(await database.listInsights()).toEqual([]);
    await sendSeries(database, clock.now(), users.slice(999));
    clock.advance(hourMs);
    await database.learn();
    const [insight] = await database.listInsights();
    expect(insight).toMatchObject({
      title: 'orders of shop has more than 1,000 series',
      summary: expect.stringMatching(/1000 series so far.* attribute user has about \d+ values:/),
    });
    await expectEvidence(database, insight!.id);
  });

  it('looks at the newest series only where a metric has very many', async () => {
    const clock = manualClock(monday);
    const database = await openStore(dir, { now: clock.now });
    const users = Array.from({ length: 10_001 }, (_, n) => ({ user: `user-${n}` }));
    await sendSeries(database, clock.now(), users);
    await database.learn();
    const [insight] = await database.listInsights();
    expect(insight!.summary).toMatch(
      /10001 series so far.* attribute user has about \d+ values among the newest 10,000:/,
    );
    await expectEvidence(database, insight!.id);
  });

  it('warns of a size budget that will be used up', async () => {
    const clock = manualClock(monday + dayMs);
    const database = await openStore(dir, { now: clock.now, maxSizeBytes: 16 * 1024 ** 2 });
    const rows = Array.from({ length: 60_000 }, (_, n): MetricSummary => ({
      timestamp: new Date(monday + (n % 288) * 300_000),
      serviceId: `s${Math.floor(n / 288)}`,
      metricName: 'm',
      interval: '5m',
      p50: Math.sin(n),
      p95: Math.cos(n),
      mean: Math.tan(n),
      count: n,
    }));
    await database.insertMetricSummaries(rows);
    await database.checkpoint();
    const { budget } = await database.forecast();
    expect(Number(budget!.reachedAt)).toBeLessThan(clock.now() + 7 * dayMs);
    await database.learn();
    const insights = await database.listInsights();
    const warning = insights.find(({ details }) => details!['cause'] === 'limit:budget');
    expect(warning).toMatchObject({
      title: 'The size budget will be used up within a week',
      affectedServices: [],
    });
    await expectEvidence(database, warning!.id);
  });
});

describe('a pattern', () => {
  it('is a peak at the same hour day after day, told once', async () => {
    const clock = manualClock(monday);
    const database = await openStore(dir, { now: clock.now });
    const hours = Array.from({ length: 6 * 24 }, (_, n) => monday + n * hourMs);
    await database.insertMetricSummaries(
      hours.flatMap((at, n) =>
        Array.from({ length: 12 }, (__, window): MetricSummary => {
          const mean = (n % 24 === 2 ? 300 : 100) + ((n * 12 + window) % 5);
          const timestamp = new Date(at + window * 300_000);
          return {
            timestamp,
            serviceId: 'shop',
            metricName: 'load',
            interval: '5m',
            mean,
            p50: mean,
          };
        }),
      ),
    );
    clock.set(monday + 6 * dayMs + 60_000);
    await database.learn();
    const patterns = async () =>
      (await database.listInsights()).filter(({ insightType }) => insightType === 'pattern');
    const [pattern] = await patterns();
    expect(pattern).toMatchObject({
      priority: 'low',
      title: 'load of shop peaks every day at 02:00 UTC',
      details: { season: 'day', hours: [2] },
    });
    await expectEvidence(database, pattern!.id);
    clock.advance(6 * hourMs);
    await database.learn();
    expect(await patterns()).toHaveLength(1);
  });
});
