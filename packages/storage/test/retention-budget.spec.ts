import { describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import type { Database, MetricSummary, SummaryInterval } from '../src/index.js';
import { rows } from './support/look-ups.js';
import { openStore } from './support/open-store.js';

const day = 86_400_000;
const now = Date.UTC(2026, 5, 30, 12);
const MiB = 1024 ** 2;

/** `series` summaries per window of an interval, for so many days before now; each row different. */
function summaries(
  interval: SummaryInterval,
  lengthMs: number,
  { days, series }: { readonly days: number; readonly series: number },
): MetricSummary[] {
  const first = Math.floor((now - days * day) / day) * day;
  const windows = Math.floor((now - first) / lengthMs);
  return Array.from({ length: windows * series }, (_, index) => ({
    timestamp: new Date(first + Math.floor(index / series) * lengthMs),
    serviceId: `service-${index % series}`,
    metricName: 'latency',
    interval,
    p50: Math.sin(index),
    p95: Math.cos(index),
    p99: Math.tan(index),
    mean: Math.sqrt(index),
    max: index / 7,
    count: index,
  }));
}

const left = (database: Database) =>
  rows(
    database,
    `SELECT interval, count(*) > 0, min(timestamp) >= TIMESTAMP '2026-06-29 12:00:00'
     FROM all_metric_summaries GROUP BY ALL ORDER BY ALL`,
  );

describe('a size budget', () => {
  const dir = useTempDir();

  it('does nothing while there is room', async () => {
    const database = await openStore(dir, { now: () => now, maxSizeBytes: 100 * MiB });
    await database.recordEvent({ serviceId: 'a', eventType: 'deploy', timestamp: new Date(0) });
    const { room, budget } = await database.keepRoom();
    expect(budget).toBeUndefined();
    expect(room).not.toHaveProperty('refuses');
    expect(room.usedBytes).toBeLessThan(10 * MiB);
    expect(await database.listEvents()).toHaveLength(1);
  });

  it('drops the trash first, then old rows that coarser ones cover, and never what is young', async () => {
    const filling = await openStore(dir, { now: () => now });
    await filling.insertMetricSummaries(summaries('5m', 300_000, { days: 30, series: 60 }));
    await filling.insertMetricSummaries(summaries('1h', 3_600_000, { days: 30, series: 60 }));
    await filling.insertMetricSummaries([
      { timestamp: new Date(now - 30 * day), serviceId: 'alone', metricName: 'm', interval: '5m' },
    ]);
    await filling.upsertService({ id: 'a', name: 'a', appId: 'b', agentId: 'c' });
    await filling.recordEvent({
      serviceId: 'a',
      eventType: 'trashed',
      timestamp: new Date(now - 40 * day),
    });
    await filling.recordEvent({
      serviceId: 'a',
      eventType: 'kept',
      timestamp: new Date(now - 20 * day),
    });
    await filling.applyRetention({ trashMs: day, rules: [{ table: 'events', keepMs: 30 * day }] });
    await filling.seal();
    await filling.checkpoint();
    const { usedBytes } = await filling.room();
    await filling.close();

    const maxSizeBytes = Math.round(usedBytes * 0.8);
    const database = await openStore(dir, { now: () => now, maxSizeBytes });
    expect((await database.room()).refuses).toBe('STORAGE_BUDGET_EXCEEDED');
    const { room, budget } = await database.keepRoom();
    expect(budget!.deleted.map(({ name }) => name)).toEqual([
      '5m summaries that coarser ones cover',
    ]);
    expect(budget!.trashBytes).toBeGreaterThan(0);
    expect(await database.listTrash()).toEqual([]);
    expect(room.usedBytes).toBeLessThan(maxSizeBytes * 0.9);
    expect(room).not.toHaveProperty('refuses');
    // The oldest went; what no other row tells stayed, whatever its age.
    const told = await rows(
      database,
      `SELECT service_id = 'alone', interval, count(*), min(timestamp)::VARCHAR
       FROM all_metric_summaries GROUP BY ALL ORDER BY ALL`,
    );
    expect(told[0]).toEqual([false, '1h', (30 * 24 + 12) * 60, '2026-05-31 00:00:00']);
    expect(String(told[1]![3]) > '2026-06-01').toBe(true);
    expect(told[2]!.slice(0, 3)).toEqual([true, '5m', 1]);
    expect((await database.listEvents()).map(({ eventType }) => eventType)).toEqual(['kept']);
    expect(await database.listServices()).toHaveLength(1);
    expect(await database.keepRoom()).not.toHaveProperty('budget');
  }, 60_000);

  it('refuses writes once nothing is left that may go, and takes them again when it may have more', async () => {
    const clock = manualClock(now);
    const filling = await openStore(dir, { now: clock.now });
    await filling.insertMetricSummaries(summaries('5m', 300_000, { days: 3, series: 40 }));
    await filling.insertMetricSummaries(summaries('1h', 3_600_000, { days: 3, series: 40 }));
    await filling.recordEvent({
      serviceId: 'a',
      eventType: 'old',
      timestamp: new Date(now - 3 * day),
    });
    await filling.close();

    const small = await openStore(dir, { now: clock.now, maxSizeBytes: MiB / 4 });
    const { room, budget } = await small.keepRoom();
    expect(room.refuses).toBe('STORAGE_BUDGET_EXCEEDED');
    expect(budget!.deleted.map(({ name }) => name)).toEqual([
      '5m summaries that coarser ones cover',
      'events',
      'metric summaries',
    ]);
    expect(await left(small)).toEqual([
      ['1h', true, true],
      ['5m', true, true],
    ]);
    await expect(small.recordEvent({ serviceId: 'a', eventType: 'new' })).rejects.toMatchObject({
      code: 'STORAGE_BUDGET_EXCEEDED',
      details: { maxSizeBytes: MiB / 4 },
    });
    expect((await small.listMetricSummaries()).length).toBeGreaterThan(0);
    await small.close();

    const large = await openStore(dir, { now: clock.now, maxSizeBytes: 100 * MiB });
    await large.recordEvent({ serviceId: 'a', eventType: 'new' });
    expect(await large.listEvents()).toHaveLength(1);
  }, 60_000);

  it('is foreseen from what comes in', async () => {
    const database = await openStore(dir, { now: () => now, maxSizeBytes: 50 * MiB });
    await database.insertMetricSummaries(summaries('5m', 300_000, { days: 10, series: 20 }));
    await database.seal();
    await database.checkpoint();
    const forever = await database.forecast({ trashMs: 0, rules: [] });
    expect(forever.basis).toMatchObject([{ name: 'metric_summaries', rowsPerDay: 288 * 20 }]);
    const { bytesPerRow } = forever.basis[0]!;
    expect(forever.bytesPerDay).toBeCloseTo(288 * 20 * bytesPerRow, 6);
    const inDays = (50 * MiB - forever.room.usedBytes) / forever.bytesPerDay;
    expect(Number(forever.budget!.reachedAt)).toBeCloseTo(now + inDays * day, -4);
    const kept = await database.forecast({
      trashMs: 0,
      rules: [{ table: 'metric_summaries', keepMs: 12 * day }],
    });
    expect(kept.budget).toEqual({ maxSizeBytes: 50 * MiB, reachedAt: 'never' });
    expect(kept.basis).toMatchObject([{ name: 'metric_summaries', keepMs: 12 * day }]);
  });
});
