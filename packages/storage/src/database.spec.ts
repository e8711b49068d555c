import { describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { access, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { bareDuckdb } from '../test/support/bare-duckdb.js';
import { buildProgram } from '../test/support/build-program.js';
import { numberPoints } from '../test/support/number-points.js';
import { openStore } from '../test/support/open-store.js';
import { spanColumns } from '../test/support/span-columns.js';
import { Database, openDatabase, schemaVersion } from './index.js';

const dir = useTempDir();

describe('openDatabase', () => {
  it('TestNew_ValidPath: creates the database in a directory that is there', async () => {
    const database = await openStore(dir);
    expect(database.state).toBe('open');
    expect(database.colonyId).toBe('my-shop-dev');
    await access(database.path);
  });

  it('TestNew_CreatesDirectory: creates missing directories, parents too, with mode 0755', async () => {
    const storagePath = dir.file('a', 'b', '.coral');
    await openStore(dir, { storagePath });
    for (const directory of [dir.file('a'), dir.file('a', 'b'), storagePath]) {
      expect((await stat(directory)).mode & 0o777).toBe(0o755 & ~process.umask());
    }
  });

  it('TestNew_CreatesDirectory: leaves the mode of a directory that is there', async () => {
    await mkdir(dir.file('private'), { mode: 0o700 });
    await openStore(dir, { storagePath: dir.file('private') });
    expect((await stat(dir.file('private'))).mode & 0o777).toBe(0o700);
  });

  it('lets its caller do something while the file is being opened, once, and not when it cannot be', async () => {
    const told: string[] = [];
    const database = await openStore(dir, { whileOpening: () => told.push('opening') });
    told.push(database.state);
    expect(told).toEqual(['opening', 'open']);
    await expect(
      openDatabase({
        storagePath: dir.path,
        colonyId: database.colonyId,
        whileOpening: () => told.push('again'),
      }),
    ).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    expect(told).toEqual(['opening', 'open']);
  });

  it('TestNew_InvalidPath: refuses a path that is a file', async () => {
    await writeFile(dir.file('occupied'), 'mine');
    await expect(
      openDatabase({ storagePath: dir.file('occupied'), colonyId: 'a' }),
    ).rejects.toMatchObject({ code: 'STORAGE_PATH_NOT_DIRECTORY' });
  });

  it('TestNew_InvalidPath: refuses a path below a file', async () => {
    await writeFile(dir.file('occupied'), 'mine');
    await expect(
      openDatabase({ storagePath: dir.file('occupied', 'x', 'y'), colonyId: 'a' }),
    ).rejects.toMatchObject({ code: 'STORAGE_PATH_NOT_DIRECTORY' });
  });

  it.each(['', 'a\0b'])('TestNew_InvalidPath: refuses the path %j', async (storagePath) => {
    await expect(openDatabase({ storagePath, colonyId: 'a' })).rejects.toMatchObject({
      code: 'STORAGE_PATH_INVALID',
    });
  });

  it('TestNew_InvalidPath: refuses an id that would leave the directory, and creates nothing', async () => {
    await expect(
      openDatabase({ storagePath: dir.file('s'), colonyId: '../../x' }),
    ).rejects.toMatchObject({ code: 'STORAGE_COLONY_ID_INVALID' });
    expect(await readdir(dir.path)).toEqual([]);
  });

  it('TestNew_DatabaseFilename: names the file {colony_id}.duckdb', async () => {
    const database = await openStore(dir, { colonyId: 'alex-dev-0977e1' });
    expect(database.path).toBe(dir.file('alex-dev-0977e1.duckdb'));
    expect(await readdir(dir.path)).toContain('alex-dev-0977e1.duckdb');
  });

  it.each([
    ['threads', 0],
    ['threads', 1.5],
    ['maxReaders', 0],
    ['readTimeoutMs', 0],
    ['memoryLimitBytes', 16 * 1024 ** 2 - 1],
    ['acceptLateMs', -1],
    ['acceptEarlyMs', NaN],
  ])('refuses %s of %s and creates nothing', async (field, value) => {
    await expect(
      openDatabase({ storagePath: dir.file('s'), colonyId: 'a', [field]: value }),
    ).rejects.toMatchObject({ code: 'STORAGE_INVALID_INPUT', details: { field } });
    expect(await readdir(dir.path)).toEqual([]);
  });

  it('works with the least of every resource', async () => {
    const database = await openStore(dir, {
      threads: 1,
      maxReaders: 1,
      memoryLimitBytes: 16 * 1024 ** 2,
    });
    await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    expect(await database.getRecentEvents('checkout')).toHaveLength(1);
  });

  it('takes an undefined option for one that is not given', async () => {
    const options = { logger: undefined, now: undefined, threads: undefined } as object;
    await expect(openStore(dir, options)).resolves.toBeInstanceOf(Database);
  });

  it('reports a first opening as clean', async () => {
    const { recovery } = await openStore(dir);
    expect(recovery).toMatchObject({
      clean: true,
      walBytes: 0,
      indexesChecked: 0,
      indexesRepaired: [],
      migrationsApplied: Array.from({ length: schemaVersion }, (_, index) => index + 1),
    });
    expect(recovery.previousPid).toBeUndefined();
  });

  it('reuses the file at a restart', async () => {
    const first = await openStore(dir);
    await first.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    await first.close();
    const second = await openStore(dir);
    expect(second.recovery).toMatchObject({ clean: true, migrationsApplied: [] });
    expect(await second.getRecentEvents('checkout')).toHaveLength(1);
  });

  it('keeps several colonies in one directory apart', async () => {
    const a = await openStore(dir, { colonyId: 'colony-a' });
    const b = await openStore(dir, { colonyId: 'colony-b' });
    await a.recordEvent({ serviceId: 'of-a', eventType: 'deploy' });
    await b.recordEvent({ serviceId: 'of-b', eventType: 'deploy' });
    await a.close();
    expect((await b.listEvents()).map(({ serviceId }) => serviceId)).toEqual(['of-b']);
    await b.close();
    expect(await readdir(dir.path)).toEqual(['colony-a.duckdb', 'colony-b.duckdb']);
  });

  it('refuses a second opener in this process and names its pid', async () => {
    const { path } = await openStore(dir);
    await expect(
      openDatabase({ storagePath: dir.path, colonyId: 'my-shop-dev' }),
    ).rejects.toMatchObject({ code: 'STORAGE_LOCKED', details: { pid: process.pid, path } });
  });

  it('recognises the file of a second opener that spells its path in another way', async () => {
    await openStore(dir);
    await expect(
      openDatabase({ storagePath: `${dir.path}/x/..//`, colonyId: 'my-shop-dev' }),
    ).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
  });

  it('lets the file go when it is refused, so that others can have it', async () => {
    const first = await openStore(dir);
    await expect(openStore(dir)).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    await first.close();
    await expect(openStore(dir)).resolves.toBeInstanceOf(Database);
  });

  it('logs that it opened and closed, with the path', async () => {
    const lines: [object, string][] = [];
    const log = (fields: object, message: string) => void lines.push([fields, message]);
    const database = await openStore(dir, {
      logger: { debug: log, info: log, warn: log, error: log },
    });
    await database.close();
    expect(lines).toEqual([
      [expect.objectContaining({ path: database.path }), 'database opened'],
      [expect.objectContaining({ path: database.path }), 'database closed'],
    ]);
  });
});

describe('close', () => {
  it('TestClose: leaves one file that any DuckDB can open', async () => {
    const database = await openStore(dir);
    await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    await database.close();
    expect(await readdir(dir.path)).toEqual(['my-shop-dev.duckdb']);
    expect(await bareDuckdb(database.path, 'SELECT service_id FROM events')).toEqual([
      ['checkout'],
    ]);
  });

  it('goes from open over closing to closed', async () => {
    const database = await openStore(dir);
    expect(database.state).toBe('open');
    const closing = database.close();
    expect(database.state).toBe('closing');
    await closing;
    expect(database.state).toBe('closed');
  });

  it('is idempotent, at the same time and afterwards', async () => {
    const database = await openStore(dir);
    await Promise.all([database.close(), database.close()]);
    await database.close();
    expect(database.state).toBe('closed');
  });

  it('is what the end of an `await using` block does', async () => {
    let seen: Database;
    {
      await using database = await openDatabase({ storagePath: dir.path, colonyId: 'a' });
      seen = database;
      expect(database.state).toBe('open');
    }
    expect(seen.state).toBe('closed');
  });

  it('finishes the writes that are queued', async () => {
    const database = await openStore(dir);
    const writes = Array.from({ length: 600 }, () =>
      database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' }),
    );
    const closing = database.close();
    expect(new Set(await Promise.all(writes)).size).toBe(600);
    await closing;
    expect(await bareDuckdb(database.path, 'SELECT count(*)::INTEGER FROM events')).toEqual([
      [600],
    ]);
  });

  it('refuses writes that come after it', async () => {
    const database = await openStore(dir);
    const closing = database.close();
    await expect(database.recordEvent({ serviceId: 'a', eventType: 'b' })).rejects.toMatchObject({
      code: 'STORAGE_NOT_OPEN',
    });
    await closing;
  });

  it('interrupts a read that goes on', async () => {
    const database = await openStore(dir);
    const endless = database.queryReadOnly('SELECT count(*) FROM range(1000000000000)');
    const refused = expect(endless).rejects.toMatchObject({ code: 'STORAGE_NOT_OPEN' });
    await database.ping(); // By now the first connection is at work.
    await database.close();
    await refused;
  });

  it('leaves no connection behind to a read that began in the same moment', async () => {
    const database = await openStore(dir);
    const read = database.listServices().catch((reason: unknown) => reason);
    await database.close();
    expect(await read).toMatchObject({ code: 'STORAGE_NOT_OPEN' });
    await bareDuckdb(database.path, 'SELECT 1'); // The file is free.
  });

  it('does not wait for readers that stopped in the middle or never began', async () => {
    const database = await openStore(dir);
    const unread = await database.queryReadOnly('SELECT * FROM range(1000000000)');
    const paused = await database.queryReadOnly('SELECT * FROM range(1000000000)');
    const iterator = paused.rows[Symbol.asyncIterator]();
    await iterator.next();
    await database.close();
    await expect(iterator.next()).rejects.toMatchObject({ code: 'STORAGE_NOT_OPEN' });
    await expect(unread.rows[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'STORAGE_NOT_OPEN',
    });
  });
});

describe('after close', () => {
  const calls: Record<string, (database: Database) => unknown> = {
    ping: (database) => database.ping(),
    checkpoint: (database) => database.checkpoint(),
    stats: (database) => database.stats(),
    upsertService: (database) =>
      database.upsertService({ id: 'a', name: 'a', appId: 'a', agentId: 'a' }),
    heartbeatService: (database) => database.heartbeatService('a'),
    deleteService: (database) => database.deleteService('a'),
    getService: (database) => database.getService('a'),
    listServices: (database) => database.listServices(),
    insertMetricSummary: (database) => database.insertMetricSummary(summary),
    insertMetricSummaries: (database) => database.insertMetricSummaries([summary]),
    listMetricSummaries: (database) => database.listMetricSummaries(),
    listMetrics: (database) => database.listMetrics(),
    listMetricTypes: (database) => database.listMetricTypes(),
    recordEvent: (database) => database.recordEvent({ serviceId: 'a', eventType: 'b' }),
    recordEvents: (database) => database.recordEvents([{ serviceId: 'a', eventType: 'b' }]),
    getRecentEvents: (database) => database.getRecentEvents('a'),
    listEvents: (database) => database.listEvents(),
    getEventsByCorrelationGroup: (database) => database.getEventsByCorrelationGroup('a'),
    createInsight: (database) =>
      database.createInsight({
        insightType: 'anomaly',
        priority: 'low',
        title: 'a',
        summary: 'b',
      }),
    dismissInsight: (database) => database.dismissInsight(1),
    resolveInsight: (database) => database.resolveInsight(1),
    getActiveInsights: (database) => database.getActiveInsights(),
    listInsights: (database) => database.listInsights(),
    getInsight: (database) => database.getInsight(1),
    observeConnection: (database) => database.observeConnection(edge),
    observeConnections: (database) => database.observeConnections([edge]),
    getServiceTopology: (database) => database.getServiceTopology(),
    putBaseline: (database) =>
      database.putBaseline({ serviceId: 'a', metricName: 'b', timeWindow: '1h' }),
    getBaseline: (database) => database.getBaseline('a', 'b', '1h'),
    listBaselines: (database) => database.listBaselines(),
    appendPoints: (database) =>
      database.appendPoints(
        numberPoints({ serviceId: 'a', metricName: 'b', kind: 'gauge' }, [
          { timeMs: Date.now(), value: 1 },
        ]),
      ),
    watchServices: (database) => database.watchServices(),
    recordErrors: (database) => database.recordErrors([], 'a'),
    summarise: (database) => database.summarise(),
    seal: (database) => database.seal(),
    maintain: (database) => database.maintain(),
    appendSpans: (database) =>
      database.appendSpans(spanColumns([{ trace: 1, id: 1, service: 'a', endMs: Date.now() }])),
    connectServices: (database) => database.connectServices(),
    explainInsight: (database) => database.explainInsight(1),
    learn: (database) => database.learn(),
    requireRoomInQueue: async (database) => database.requireRoomInQueue(),
    unpinBaseline: (database) => database.unpinBaseline('a', 'b', '1h'),
    rollUp: (database) => database.rollUp(),
    queryMetric: (database) => database.queryMetric({ ...name, ...range, statistic: 'mean' }),
    metricRate: (database) => database.metricRate({ ...name, ...range }),
    latestMetric: (database) => database.latestMetric(name),
    topBy: (database) => database.topBy({ ...range, statistic: 'mean' } as never),
    movingAverage: (database) => database.movingAverage({ ...name, ...range, windows: 2 } as never),
    compareWithBaseline: (database) =>
      database.compareWithBaseline({ ...name, timeWindow: '1h' } as never),
    planRetention: (database) => database.planRetention(policy),
    applyRetention: (database) => database.applyRetention(policy),
    listTrash: (database) => database.listTrash(),
    undoRetention: (database) => database.undoRetention('a'),
    forecast: (database) => database.forecast(),
    room: (database) => database.room(),
    keepRoom: (database) => database.keepRoom(),
    retain: (database) => database.retain(),
    backup: (database) => database.backup({ output: dir.file('backup') }),
    exportTable: (database) =>
      database.exportTable({ table: 'events', format: 'csv', output: dir.file('events.csv') }),
    importTable: (database) =>
      database.importTable({ table: 'events', format: 'csv', input: dir.file('events.csv') }),
    diagnose: (database) => database.diagnose(),
    repairIndexes: (database) => database.repairIndexes(),
    snapshot: (database) => database.snapshot(),
    queryReadOnly: (database) => database.queryReadOnly('SELECT 1'),
  };
  const summary = {
    timestamp: new Date(0),
    serviceId: 'a',
    metricName: 'b',
    interval: '5m',
  } as const;
  const name = { service: 'a', metric: 'b' };
  const range = { from: new Date(0), to: new Date(3_600_000) };
  const policy = { rules: [], trashMs: 0 };
  const edge = { fromService: 'a', toService: 'b', protocol: 'http' };

  it('rejects every method with STORAGE_NOT_OPEN, and throws from none', async () => {
    const database = await openStore(dir);
    await database.close();
    for (const [name, call] of Object.entries(calls)) {
      const answer = call(database); // A synchronous throw would end the test here.
      expect({ name, error: await failureOf(answer) }).toEqual({
        name,
        error: expect.objectContaining({ code: 'STORAGE_NOT_OPEN' }),
      });
    }
  });

  it('was asked of every public method', () => {
    const apart = ['constructor', 'state', 'close', 'reportRecovery', 'reportUpgrade'];
    const methods = Object.getOwnPropertyNames(Database.prototype);
    expect(Object.keys(calls).sort()).toEqual(
      methods.filter((name) => !apart.includes(name)).sort(),
    );
  });
});

describe('ping', () => {
  it('TestPing: succeeds on an open database', async () => {
    const database = await openStore(dir);
    await expect(database.ping()).resolves.toBeUndefined();
  });
});

describe('stats', () => {
  it('says how large the file and its log are, and how many rows stand where', async () => {
    const now = Date.UTC(2026, 0, 1, 12);
    const database = await openStore(dir, { now: () => now });
    await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    const stats = await database.stats();
    expect(stats).toMatchObject({
      path: database.path,
      sizeBytes: (await stat(database.path)).size,
      walBytes: (await stat(`${database.path}.wal`)).size,
      openedAt: new Date(now),
      lastCheckpointAt: new Date(now),
      schemaVersion,
      tables: { events: 1, services: 0, schema_version: schemaVersion },
      queue: { depth: 0, commits: 1, writes: 1, failures: 0 },
      points: { accepted: 0, rejected: 0, series: 0 },
    });
    expect(stats.walBytes).toBeGreaterThan(0);
  });

  it('shows an empty log and the time of the last checkpoint after one', async () => {
    let now = Date.UTC(2026, 0, 1, 12);
    const database = await openStore(dir, { now: () => now });
    await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    now += 60_000;
    await database.checkpoint();
    expect(await database.stats()).toMatchObject({
      walBytes: 0,
      lastCheckpointAt: new Date(now),
      openedAt: new Date(now - 60_000),
    });
  });
});

describe('checkpoint', () => {
  it('takes its turn while writes keep coming', async () => {
    const database = await openStore(dir);
    let isOver = false;
    let acknowledged = 0;
    const writing = (async () => {
      while (!isOver) {
        await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
        acknowledged += 1;
      }
    })();
    for (let count = 0; count < 10; count += 1) await database.checkpoint();
    isOver = true;
    await writing;
    expect(await database.listEvents({ limit: 1_000_000 })).toHaveLength(acknowledged);
  });
});

describe('time zones', () => {
  it('means UTC wherever the process believes to be', async () => {
    const program = await buildProgram('print-times');
    const printed: string[] = [];
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
      const child = await spawnProcess({
        command: process.execPath,
        args: [program, dir.file(zone)],
        env: cleanEnv({ home: dir.path, set: { TZ: zone } }),
      });
      expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
      printed.push(child.stdout.trim());
    }
    const expected = JSON.stringify([
      '2026-03-29T01:30:00.000Z',
      'UTC',
      '2026-03-29T01:30:00.000000Z',
      '2026-03-29 01:30:00',
      '2026-03-29T01:30:00.000000Z',
      '2026-03-29 01:30:00+00',
      '2026-03-29T00:00:00.000000Z',
    ]);
    expect(printed).toEqual([expected, expected, expected]);
  });
});

async function failureOf(answer: unknown): Promise<unknown> {
  try {
    await answer;
    return undefined;
  } catch (reason) {
    return reason;
  }
}
