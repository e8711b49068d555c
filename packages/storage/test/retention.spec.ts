import { describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import { readdir, rm, writeFile } from 'node:fs/promises';
import type { MetricSummary, RetentionPolicy, SummaryInterval } from '../src/index.js';
import { differingLookUps, rows } from './support/look-ups.js';
import { openStore } from './support/open-store.js';

const day = 86_400_000;
const start = Date.UTC(2026, 5, 30, 12);
const ago = (ms: number) => new Date(start - ms);
const trashMs = 7 * day;

const summary = (
  ms: number,
  serviceId = 'shop/checkout',
  interval: SummaryInterval = '5m',
  metricName = 'latency',
): MetricSummary => ({ timestamp: ago(ms), serviceId, metricName, interval, p50: ms, count: 1 });

describe('retention', () => {
  const dir = useTempDir();
  const trash = () => dir.file('my-shop-dev.trash');

  it('plans per rule what would go, and changes nothing', async () => {
    const database = await openStore(dir, { now: () => start });
    await database.insertMetricSummaries([
      summary(29 * day),
      summary(30 * day),
      summary(30 * day + 1),
      summary(40 * day, 'shop/checkout', '1h'),
      summary(50 * day, 'dev/checkout'),
    ]);
    const before = await database.listMetricSummaries();
    const plan = await database.planRetention({
      trashMs,
      rules: [
        { table: 'metric_summaries', service: 'dev/*', keepMs: day },
        { table: 'metric_summaries', interval: '1h' },
        { table: 'metric_summaries', keepMs: 30 * day },
        { table: 'events', keepMs: day },
      ],
    });
    expect(plan).toMatchObject({
      at: new Date(start),
      rows: 2,
      rules: [
        {
          name: 'metric_summaries service=dev/*',
          cutoff: ago(day),
          rows: 1,
          oldest: ago(50 * day),
        },
        { name: 'metric_summaries 1h', rows: 0, bytes: 0 },
        // Kept for 30 days exactly is not kept for longer.
        { name: 'metric_summaries', cutoff: ago(30 * day), rows: 1, oldest: ago(30 * day + 1) },
        { name: 'events', rows: 0 },
      ],
    });
    expect(plan.bytes).toBe(plan.rules[0]!.bytes + plan.rules[2]!.bytes);
    expect(plan.bytes).toBeGreaterThan(0);
    expect(plan.rules[1]).not.toHaveProperty('cutoff');
    expect(plan.rules[3]).not.toHaveProperty('oldest');
    expect(await database.listMetricSummaries()).toEqual(before);
    await expect(readdir(trash())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('deletes by the first rule that fits, from both tiers, and undo brings all of it back', async () => {
    const database = await openStore(dir, { now: () => start });
    await database.insertMetricSummaries(
      [0, 5, 10, 20, 40, 60].flatMap((days) => [
        summary(days * day, 'shop/checkout'),
        summary(days * day, 'shop/checkout', '1d'),
        summary(days * day, 'dev/50%_x'),
        summary(days * day, 'dev/50  x'),
      ]),
    );
    await database.seal();
    await database.insertMetricSummary(summary(60 * day, 'shop/late'));
    const before = await rows(database, 'FROM all_metric_summaries ORDER BY ALL');
    const result = await database.applyRetention({
      trashMs,
      rules: [
        { table: 'metric_summaries', service: 'dev/50%_*', keepMs: day },
        { table: 'metric_summaries', metric: 'lat*', interval: '1d' },
        { table: 'metric_summaries', keepMs: 15 * day },
      ],
    });
    expect(result).toMatchObject({
      id: '20260630-120000',
      rows: 5 + 3 + 3 + 1,
      rules: [
        { name: 'metric_summaries service=dev/50%_*', rows: 5 },
        { name: 'metric_summaries', rows: 7 },
      ],
    });
    expect(
      await rows(
        database,
        `SELECT service_id, interval, count(*), min(timestamp) FROM all_metric_summaries
         GROUP BY ALL ORDER BY ALL`,
      ),
    ).toEqual([
      ['dev/50  x', '5m', 3, '2026-06-20T12:00:00.000000Z'],
      ['dev/50%_x', '5m', 1, '2026-06-30T12:00:00.000000Z'],
      ['shop/checkout', '1d', 6, '2026-05-01T12:00:00.000000Z'],
      ['shop/checkout', '5m', 3, '2026-06-20T12:00:00.000000Z'],
    ]);
    const [run] = await database.listTrash();
    expect(run).toMatchObject({
      id: '20260630-120000',
      deletedAt: new Date(start),
      rows: 12,
      parts: [
        { table: 'metric_history', rule: 'metric_summaries', rows: 7, oldest: ago(60 * day) },
        { table: 'metric_history', rule: 'metric_summaries service=dev/50%_*', rows: 5 },
      ],
    });
    expect(await database.undoRetention(run!.id)).toEqual({
      id: run!.id,
      rows: 12,
      outdated: 0,
      heldUntil: new Date(start + 7 * day),
    });
    expect(await rows(database, 'FROM all_metric_summaries ORDER BY ALL')).toEqual(before);
    expect(await database.listTrash()).toEqual([]);
    expect(await readdir(trash())).toEqual([]);
  });

  it('spares active insights and services that are not stopped', async () => {
    const clock = manualClock(start);
    const database = await openStore(dir, { now: clock.now });
    const insight = { insightType: 'pattern', priority: 'low', summary: '' } as const;
    const createdAt = ago(10 * day);
    await database.createInsight({ ...insight, createdAt, title: 'active' });
    await database.createInsight({
      ...insight,
      createdAt,
      title: 'not expired',
      expiresAt: new Date(start + 1),
    });
    await database.createInsight({ ...insight, createdAt, title: 'expired', expiresAt: ago(0) });
    await database.resolveInsight(
      await database.createInsight({ ...insight, createdAt, title: 'resolved' }),
    );
    await database.dismissInsight(
      await database.createInsight({ ...insight, createdAt: ago(day), title: 'young' }),
    );
    for (const status of ['running', 'stopped', 'error'] as const) {
      const common = { name: status, appId: 'a', agentId: 'b', status };
      await database.upsertService({ ...common, id: status, lastSeen: ago(40 * day) });
      await database.upsertService({ ...common, id: `${status} late`, lastSeen: ago(day) });
    }
    await database.observeConnection({
      fromService: 'old',
      toService: 'db',
      protocol: 'sql',
      observedAt: ago(40 * day),
    });
    await database.observeConnection({
      fromService: 'db',
      toService: 'kept',
      protocol: 'sql',
      observedAt: ago(40 * day),
    });
    await database.putBaseline({
      serviceId: 'checkout',
      metricName: 'latency',
      timeWindow: '1h',
      lastUpdated: ago(40 * day),
    });
    const result = await database.applyRetention({
      trashMs,
      rules: [
        { table: 'insights', keepMs: 7 * day },
        { table: 'services', keepMs: 30 * day },
        { table: 'service_connections', service: 'kept' },
        { table: 'service_connections', keepMs: 30 * day },
        { table: 'baselines', metric: 'other' },
        { table: 'baselines', keepMs: 30 * day },
      ],
    });
    expect(result.rules.map(({ name, rows: count }) => [name, count])).toEqual([
      ['insights', 2],
      ['services', 1],
      ['service_connections', 1],
      ['baselines', 1],
    ]);
    expect((await database.listInsights()).map(({ title }) => title).sort()).toEqual([
      'active',
      'not expired',
      'young',
    ]);
    expect((await database.listServices()).map(({ id }) => id)).not.toContain('stopped');
    expect((await database.getServiceTopology()).connections).toMatchObject([
      { toService: 'kept' },
    ]);
    await database.undoRetention(result.id!);
    expect((await database.listInsights()).length).toBe(5);
    expect((await database.listServices()).length).toBe(6);
    expect((await database.listBaselines()).length).toBe(1);
    expect(await differingLookUps(database)).toEqual([]);
  });

  it('leaves a newer row alone when an older one with its key comes back', async () => {
    const database = await openStore(dir, { now: () => start });
    const policy: RetentionPolicy = {
      trashMs,
      rules: [
        { table: 'metric_summaries', keepMs: day },
        { table: 'service_connections', keepMs: day },
      ],
    };
    await database.insertMetricSummaries([summary(9 * day), summary(8 * day)]);
    const edge = { fromService: 'a', toService: 'b', protocol: 'sql' };
    await database.observeConnection({ ...edge, observedAt: ago(9 * day) });
    const { id } = await database.applyRetention(policy);
    await database.insertMetricSummary({ ...summary(9 * day), p50: 42 });
    await database.observeConnection({ ...edge, observedAt: ago(1) });
    expect(await database.undoRetention(id!)).toMatchObject({ rows: 1, outdated: 2 });
    expect((await database.listMetricSummaries()).map(({ p50 }) => p50)).toEqual([42, 8 * day]);
    expect((await database.getServiceTopology()).connections).toMatchObject([
      { lastObserved: ago(1), connectionCount: 1 },
    ]);
  });

  it('deletes by age in the course of maintenance, but not what was just brought back', async () => {
    const clock = manualClock(start);
    const retention = { trashMs, rules: [{ table: 'events' as const, keepMs: 30 * day }] };
    const database = await openStore(dir, { now: clock.now, retention });
    await database.recordEvent({ serviceId: 'a', eventType: 'old', timestamp: ago(31 * day) });
    await database.recordEvent({ serviceId: 'a', eventType: 'new', timestamp: ago(20 * day) });
    const retained = async () =>
      (await database.maintain()).jobs.find(({ name }) => name === 'retention');
    expect(await retained()).toMatchObject({ rows: 1, id: '20260630-120000' });
    await database.undoRetention('20260630-120000', { holdMs: day });
    expect(await retained()).toMatchObject({ rows: 0, heldUntil: new Date(start + day) });
    clock.advance(day + 1);
    expect(await retained()).toMatchObject({ rows: 1, id: '20260701-120000' });
    await database.undoRetention('20260701-120000');
    // Whoever asks for it means it.
    expect(await database.applyRetention(retention)).toMatchObject({ rows: 1 });
    expect(await retained()).not.toHaveProperty('heldUntil');
  });

  it('drops from the trash what lay there long enough, and files that nothing knows of', async () => {
    const clock = manualClock(start);
    const database = await openStore(dir, { now: clock.now });
    const policy: RetentionPolicy = { trashMs, rules: [{ table: 'events', keepMs: day }] };
    await database.recordEvent({ serviceId: 'a', eventType: 'one', timestamp: ago(2 * day) });
    await database.applyRetention(policy);
    await writeFile(`${trash()}/left-by-a-crash.parquet.partial`, '');
    clock.advance(trashMs);
    await database.recordEvent({ serviceId: 'a', eventType: 'two', timestamp: ago(2 * day) });
    expect(await database.applyRetention(policy)).toMatchObject({ dropped: { files: 0 } });
    expect((await readdir(trash())).length).toBe(2);
    clock.advance(1);
    expect(await database.applyRetention(policy)).toMatchObject({ rows: 0, dropped: { files: 1 } });
    expect((await database.listTrash()).map(({ id }) => id)).toEqual(['20260707-120000']);
    expect(await readdir(trash())).toEqual(['20260707-120000.000000.events.parquet']);
  });

  it('keeps no trash where none is wanted', async () => {
    const database = await openStore(dir, { now: () => start });
    await database.recordEvent({ serviceId: 'a', eventType: 'one', timestamp: ago(2 * day) });
    const policy: RetentionPolicy = { trashMs: 0, rules: [{ table: 'events', keepMs: day }] };
    expect(await database.applyRetention(policy)).toEqual({
      rows: 1,
      rules: [{ name: 'events', rows: 1 }],
      dropped: { files: 0, bytes: 0 },
    });
    expect(await database.listEvents()).toEqual([]);
    await expect(readdir(trash())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('deletes in steps between which others write, tells how far it is, and stops when asked', async () => {
    const database = await openStore(dir, { now: () => start });
    await database.recordEvents(
      Array.from({ length: 10_000 }, (_, index) => ({
        serviceId: `s${index % 7}`,
        eventType: 'deploy',
        timestamp: ago(2 * day + index),
      })),
    );
    const policy: RetentionPolicy = { trashMs, rules: [{ table: 'events', keepMs: day }] };
    const stop = new AbortController();
    const seen: number[] = [];
    const stopped = database.applyRetention(policy, {
      signal: stop.signal,
      onProgress: ({ phase, done, total, unit }) => {
        expect({ phase, total, unit }).toEqual({ phase: 'delete', total: 10_000, unit: 'rows' });
        seen.push(done);
        stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    expect(seen).toEqual([2_000]);
    expect(await rows(database, 'SELECT count(*) FROM events')).toEqual([[8_000]]);
    const rest = database.applyRetention(policy);
    const written = database.recordEvent({ serviceId: 's', eventType: 'meanwhile' });
    await written;
    expect(await rest).toMatchObject({ rows: 8_000, id: '20260630-120000-2' });
    expect(await rows(database, 'SELECT count(*) FROM events')).toEqual([[1]]);
    for (const { id } of await database.listTrash()) await database.undoRetention(id);
    expect(await rows(database, 'SELECT count(*), count(DISTINCT id) FROM events')).toEqual([
      [10_001, 10_001],
    ]);
    expect(await differingLookUps(database, { newest: 100 })).toEqual([]);
  });

  it('refuses a policy that cannot be meant, and a run that is not in the trash', async () => {
    const database = await openStore(dir);
    const refusal = (policy: unknown) =>
      expect(database.planRetention(policy as RetentionPolicy)).rejects;
    await refusal({ trashMs, rules: [{ table: 'points', keepMs: 1 }] }).toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field: 'rules[0].table' },
    });
    await refusal({ trashMs, rules: [{ table: 'events', metric: 'x' }] }).toMatchObject({
      details: { field: 'rules[0].metric' },
    });
    await refusal({ trashMs, rules: [{ table: 'events', keepMs: 0 }] }).toMatchObject({
      details: { field: 'rules[0].keepMs' },
    });
    await refusal({ trashMs: -1, rules: [] }).toMatchObject({ details: { field: 'trashMs' } });
    await expect(database.undoRetention('20260101-000000')).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field: 'id' },
    });
  });

  it('says which file of the trash is missing, and keeps the rest of the run', async () => {
    const database = await openStore(dir, { now: () => start });
    await database.recordEvent({ serviceId: 'a', eventType: 'one', timestamp: ago(2 * day) });
    const policy: RetentionPolicy = { trashMs, rules: [{ table: 'events', keepMs: day }] };
    const { id } = await database.applyRetention(policy);
    await rm(trash(), { recursive: true });
    await expect(database.undoRetention(id!)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect((await database.listTrash()).length).toBe(1);
  });

  it('gives back the blocks of events that are gone', async () => {
    const database = await openStore(dir, { now: () => start });
    for (let batch = 0; batch < 11; batch += 1) {
      await database.recordEvents(
        Array.from({ length: 10_000 }, (_, index) => ({
          serviceId: `s${index}`,
          eventType: 'deploy',
          timestamp: ago(batch === 10 ? index : 2 * day),
          details: { n: batch, at: index },
        })),
      );
    }
    await database.checkpoint();
    const before = await database.room();
    await database.applyRetention({ trashMs: 0, rules: [{ table: 'events', keepMs: day }] });
    const after = await database.room();
    expect(after.usedBytes).toBeLessThan(before.usedBytes / 2);
    expect(await rows(database, 'SELECT count(*), max(rowid) FROM events')).toEqual([
      [10_000, 9_999],
    ]);
    expect(await database.recordEvent({ serviceId: 's1', eventType: 'next' })).toBe(110_001);
    expect(await differingLookUps(database, { newest: 100 })).toEqual([]);
  }, 60_000);
});
