import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { openDatabase } from '@coral/storage';
import type { OpenDatabaseOptions } from '@coral/storage';
import { eventually, onTestEnd, useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import {
  JobRegistry,
  startBackupKeeper,
  selfMetricNames,
  selfServiceName,
  startRetainer,
  startRoomKeeper,
  startSealer,
  startSelfMetrics,
  startSummariser,
} from '../src/index.js';
import { collectingLogger, startColony } from './use-colony.js';
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
    const jobs = new JobRegistry();
    const settings = { colonyId, version: '1.2.3', intervalMs: 20 };
    const job = startSelfMetrics({ database, logger, jobs, ...settings });
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

  it('reports how often jobs ran and failed', async () => {
    const { database, logger, colonyId } = await useStore();
    const jobs = new JobRegistry();
    const keepRoom = () => Promise.reject(new Error('no disk'));
    const keeper = startRoomKeeper({ database: { keepRoom }, logger, intervalMs: 1, jobs });
    await eventually(() => jobs.list()[0]!.failures >= 2);
    await startSelfMetrics({ database, logger, colonyId, version: '1', jobs }).stop();
    await keeper.stop();
    await database.summarise();
    const [failing] = await database.listMetricSummaries({
      metricName: 'coral.job.failures_in_a_row',
    });
    expect(failing!.max).toBeGreaterThanOrEqual(2);
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
    const jobs = new JobRegistry();
    const summariser = startSummariser({ database, logger, intervalMs: 1, jobs });
    await eventually(() => log.length >= 2);
    expect(jobs.list()).toMatchObject([
      { name: 'summarise', lastError: { message: expect.stringContaining('closed') } },
    ]);
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

describe('startBackupKeeper', () => {
  const at = (day: number) => Date.UTC(2026, 0, day, 3);

  it('backs up when it is due, and keeps as many as it was told', async () => {
    const { database, logger, log } = await useStore();
    const directory = useTempDir().file('backups');
    let day = 1;
    const job = startBackupKeeper({
      database,
      logger,
      directory,
      schedule: { dailyAtMinute: 120 },
      keep: { daily: 2, weekly: 0 },
      version: '1.2.3',
      now: () => at(day),
      intervalMs: 5,
    });
    for (; day < 4; day += 1) {
      await eventually(() => log.filter(({ message }) => /scheduled/.test(message)).length === day);
    }
    await eventually(() => log.filter(({ message }) => /scheduled/.test(message)).length === 4);
    await job.stop();
    expect((await readdir(directory)).sort()).toEqual([
      'test-dev-000000-20260103T030000Z.duckdb',
      'test-dev-000000-20260104T030000Z.duckdb',
    ]);
  });

  it('logs a backup that fails, and stops one that runs', async () => {
    const { database, logger, log } = await useStore();
    const start = (key?: { hex: string }) =>
      startBackupKeeper({
        database,
        logger,
        directory: useTempDir().path,
        schedule: { everyMs: 3_600_000 },
        keep: { daily: 7, weekly: 4 },
        key,
        version: '1.2.3',
        intervalMs: 5,
      });
    const failing = start({ hex: 'no key' });
    await eventually(() => log.some(({ level }) => level === 'warn'));
    await failing.stop();
    expect(log[0]).toMatchObject({
      fields: { job: 'backup', err: expect.objectContaining({ code: 'STORAGE_KEY_WRONG' }) },
    });
    const running = start();
    await running.stop();
    await database.ping();
  });
});

describe('jobs in the status', () => {
  it('are told with what they do, when they last worked and why they fail', async () => {
    const jobs = new JobRegistry();
    const { database, url, auth, log } = await startColony({ jobs });
    const logger = collectingLogger(log);
    let broken = true;
    const keepRoom = async () => {
      if (broken) throw new Error('no disk');
      return database.keepRoom();
    };
    const keeper = startRoomKeeper({ database: { keepRoom }, logger, intervalMs: 4, jobs });
    const sealer = startSealer({ database, logger, jobs });
    const asked = async () => {
      const response = await fetch(`${url}/api/v1/status`, { headers: auth });
      return ((await response.json()) as { jobs: Record<string, unknown>[] }).jobs;
    };
    await eventually(async () => (await asked())[0]!['state'] === 'backing_off');
    expect(await asked()).toMatchObject([
      {
        name: 'room',
        failures: expect.any(Number),
        last_success_at: null,
        last_error: { at: expect.any(String), message: 'no disk' },
      },
      { name: 'seal' },
    ]);
    broken = false;
    await eventually(async () => (await asked())[0]!['last_success_at'] !== null);
    expect((await asked())[0]).toMatchObject({ failures_in_a_row: 0 });
    await eventually(async () => (await asked())[1]!['state'] === 'waiting');
    expect((await asked())[1]).toEqual({
      name: 'seal',
      state: 'waiting',
      runs: 1,
      failures: 0,
      failures_in_a_row: 0,
      last_start_at: expect.any(String),
      last_success_at: expect.any(String),
      last_duration_ms: expect.any(Number),
      last_error: null,
      next_run_at: expect.any(String),
    });
    await Promise.all([keeper.stop(), sealer.stop()]);
    expect(await asked()).toEqual([]);
    expect(log.some(({ message }) => message === 'a periodic job works again')).toBe(true);
  });
});
