import { readFileSync } from 'node:fs';
import { openDatabase } from '@coral/storage';
import type { OpenDatabaseOptions } from '@coral/storage';
import { eventually, onTestEnd, useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import {
  selfMetricNames,
  selfServiceName,
  startRetainer,
  startRoomKeeper,
  startSelfMetrics,
  startSummariser,
} from '../src/index.js';
import { collectingLogger } from './use-colony.js';
import type { LogLine } from './use-colony.js';

async function useStore(options: Partial<OpenDatabaseOptions> = {}) {
  const dir = useTempDir();
  const log: LogLine[] = [];
  const logger = collectingLogger(log);
  const colonyId = 'test-dev-000000';
  const database = await openDatabase({ storagePath: dir.path, colonyId, ...options });
  onTestEnd(() => database.close());
  return { database, log, logger, colonyId };
}

describe('startSelfMetrics', () => {
  it('reports at once and again, as the service coral-colony, and is summarised like any other', async () => {
    const { database, logger, log, colonyId } = await useStore();
    const job = startSelfMetrics({ database, logger, colonyId, version: '1.2.3', intervalMs: 20 });
    await eventually(() => database.stats().then(({ queue }) => queue.writes >= 3));
    await job.stop();
    await database.summarise();
    expect(await database.getService(selfServiceName)).toMatchObject({
      version: '1.2.3',
      agentId: colonyId,
      status: 'running',
    });
    const summaries = await database.listMetricSummaries({ serviceId: selfServiceName });
    const names = summaries.map(({ metricName }) => metricName);
    expect(names).toEqual(expect.arrayContaining(selfMetricNames()));
    const memory = summaries.find(({ metricName }) => metricName === 'process.memory.usage');
    expect(memory!.mean).toBeGreaterThan(10_000_000);
    const delay = summaries.find(({ metricName }) => metricName === 'nodejs.eventloop.delay.p99');
    expect(delay!.max).toBeGreaterThanOrEqual(0);
    expect(log.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('logs and goes on when the store does not take a report', async () => {
    const { database, logger, log, colonyId } = await useStore();
    await database.close();
    const job = startSelfMetrics({ database, logger, colonyId, version: '1', intervalMs: 5 });
    await eventually(() => log.length >= 2);
    await job.stop();
    expect(log[0]).toMatchObject({ level: 'warn', fields: { job: 'self-metrics' } });
  });

  it('reports what docs/self-metrics.md lists', () => {
    const text = readFileSync(new URL('../docs/self-metrics.md', import.meta.url), 'utf8');
    const listed = [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
    expect([...new Set(listed)].sort()).toEqual(selfMetricNames());
  });
});

describe('startSummariser', () => {
  it('turns points into summaries of all intervals', async () => {
    const { database, logger, colonyId } = await useStore();
    // Stopping waits for the report that was begun at once.
    await startSelfMetrics({ database, logger, colonyId, version: '1' }).stop();
    const summariser = startSummariser({ database, logger, intervalMs: 10 });
    await eventually(async () => (await database.listMetricSummaries()).length > 0);
    await eventually(
      async () => (await database.listMetricSummaries({ interval: '1d' })).length > 0,
    );
    await summariser.stop();
  });

  it('logs and goes on when summarising fails', async () => {
    const { database, logger, log, colonyId } = await useStore();
    const self = startSelfMetrics({ database, logger, colonyId, version: '1' });
    await self.stop();
    await database.close();
    const summariser = startSummariser({ database, logger, intervalMs: 1 });
    await eventually(() => log.length >= 2);
    await summariser.stop();
    expect(log[0]).toMatchObject({ level: 'warn', fields: { job: 'summarise' } });
  });
});

describe('startRetainer', () => {
  const rules = [{ table: 'events', keepMs: 86_400_000 }] as const;
  const old = { serviceId: 'a', eventType: 'deploy', timestamp: new Date('2026-01-01') };

  it('deletes what is old, and says what to undo it by', async () => {
    const { database, logger, log } = await useStore({ retention: { rules, trashMs: 1 } });
    await database.recordEvent(old);
    const retainer = startRetainer({ database, logger, firstAfterMs: 0 });
    await eventually(() => log.length > 0);
    await retainer.stop();
    expect(await database.listEvents()).toEqual([]);
    const [run] = await database.listTrash();
    expect(log).toMatchObject([{ level: 'info', fields: { rows: 1, id: run!.id } }]);
  });

  it('leaves time to look after a start', async () => {
    const { database, logger } = await useStore({ retention: { rules, trashMs: 0 } });
    await database.recordEvent(old);
    const retainer = startRetainer({ database, logger });
    await retainer.stop();
    expect(await database.listEvents()).toHaveLength(1);
  });
});

describe('startRoomKeeper', () => {
  it('says when there is no room and writes are refused, once', async () => {
    const { database, logger, log } = await useStore({ minFreeDiskBytes: 2 ** 50 });
    let looks = 0;
    const keepRoom = () => {
      looks += 1;
      return database.keepRoom();
    };
    const keeper = startRoomKeeper({ database: { keepRoom }, logger, intervalMs: 1 });
    await eventually(() => looks >= 3);
    await keeper.stop();
    expect(log).toMatchObject([{ level: 'error', fields: { refuses: 'STORAGE_DISK_FULL' } }]);
  });

  it('says what had to go for the budget', async () => {
    const { database, logger, log } = await useStore({ maxSizeBytes: 1 });
    const keeper = startRoomKeeper({ database, logger });
    await eventually(() => log.length > 1);
    await keeper.stop();
    expect(log).toMatchObject([
      { level: 'warn', fields: { deleted: [] } },
      { level: 'error', fields: { refuses: 'STORAGE_BUDGET_EXCEEDED' } },
    ]);
  });
});
