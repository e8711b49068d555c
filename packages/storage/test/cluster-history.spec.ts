import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, seededRandom, spawnProcess, useTempDir } from '@coral/testkit';
import { openDatabase, type Database } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';
import { rows } from './support/look-ups.js';

const colonyId = 'clusters-dev';
const day = 86_400_000;
/** Start of a cluster: they are counted from the epoch. */
const start = 2_500 * 8 * day;
const days = 9;
const metrics = 10;
const rowsPerDay = 70_000;
const now = start + 12 * day;

const wholeDays = { rows: rowsPerDay, parts: 1 };
/** Days of so many rows that were sealed in so many parts: by metric within each, over more row groups than a metric would fill. */
const daySql = (n: number, { rows, parts }: typeof wholeDays) => `
INSERT INTO metric_history
SELECT make_timestamp(${(start + n * day) * 1000} + (i // 50) * 60000000), 'service-' || i % 50,
  'metric-' || m, '5m', i, NULL, NULL, random(), i + random(), i, NULL, i % 7, i % 3
FROM range(${rows / metrics}) r(i), range(${metrics}) s(m)
ORDER BY i // ${rows / metrics / parts}, m, i`;

const fingerprint = `SELECT count(*), sum(hash(h)::HUGEINT) FROM metric_history h WHERE timestamp < `;
/** Places where rows of a metric lie, of the first cluster. */
const pieces = `SELECT count(DISTINCT (metric_name, rowid // 122880)) FROM metric_history
  WHERE timestamp < make_timestamp(${(start + 8 * day) * 1000})`;
const ofCluster = `${fingerprint} make_timestamp(${(start + 8 * day) * 1000}) AND service_id <> 's'`;

describe('history', () => {
  const dir = useTempDir();
  const open = (at = now) => openDatabase({ storagePath: dir.path, colonyId, now: () => at });
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('clusterer');
  });

  async function withDatabase<T>(act: (database: Database) => Promise<T>, at?: number): Promise<T> {
    const database = await open(at);
    try {
      return await act(database);
    } finally {
      await database.close();
    }
  }

  /** @returns the fingerprint of the first eight days */
  async function fill(count: number, each = wholeDays): Promise<unknown[]> {
    const path = await withDatabase(async (database) => {
      // Sealing begins with a row that is due.
      await database.insertMetricSummary({
        timestamp: new Date(start + 8 * day),
        serviceId: 's',
        metricName: 'm',
        interval: '5m',
      });
      return database.path;
    });
    for (let n = 0; n < count; n += 1) await bareDuckdb(path, daySql(n, each));
    return (await bareDuckdb(path, ofCluster))[0]!;
  }

  it('is laid out anew, metric by metric, when eight days are sealed, and each row stays as it was', async () => {
    const before = await fill(days);
    await withDatabase(async (database) => {
      const [[scattered]] = (await rows(database, pieces)) as [[number]];
      expect(await database.seal()).toMatchObject({ rows: 1, clustered: 8 * rowsPerDay });
      expect((await rows(database, ofCluster))[0]!.map(String)).toEqual(before.map(String));
      const [[together]] = (await rows(database, pieces)) as [[number]];
      expect(together).toBeLessThan(scattered / 2);
      expect(await database.seal()).toMatchObject({ clustered: 0 });
    });
    // A start looks again.
    await withDatabase(async (database) => {
      expect(await database.seal()).toMatchObject({ clustered: 0 });
    });
  }, 120_000);

  it('is laid out two days at a time until eight are sealed', async () => {
    const each = { rows: 3 * rowsPerDay, parts: 4 };
    const before = await fill(4, each);
    for (const sealedDays of [3, 4]) {
      await withDatabase(
        async (database) => {
          // Sealing begins with a row that is due.
          await database.insertMetricSummary({
            timestamp: new Date(start + sealedDays * day - 1),
            serviceId: 's',
            metricName: 'm',
            interval: '5m',
          });
          // Days 1 and 2, and then 3 and 4 with what was inserted.
          const ofOurs = sealedDays === 3 ? 0 : 2;
          expect(await database.seal()).toMatchObject({ clustered: 2 * each.rows + ofOurs });
          expect(await database.seal()).toMatchObject({ clustered: 0 });
          expect((await rows(database, ofCluster))[0]!.map(String)).toEqual(before.map(String));
        },
        start + (sealedDays + 1) * day,
      );
    }
  }, 120_000);

  it('takes rows that are replaced while it is laid out', async () => {
    await fill(days);
    await withDatabase(async (database) => {
      const latest = new Map<string, number>();
      let isSealed = false;
      let sealing: ReturnType<typeof database.seal>;
      // From the first step on, when the boundary has moved, rows of these days belong into history.
      await new Promise<void>((resolve, reject) => {
        sealing = database.seal({ onProgress: () => resolve() });
        sealing.catch(reject).finally(() => (isSealed = true));
      });
      for (let round = 0; !isSealed; round += 1) {
        const timestamp = new Date(start + (round % 8) * day + (round % 140) * 60_000);
        const late = Array.from({ length: metrics }, (_, m) => ({
          timestamp,
          serviceId: 'service-1',
          metricName: `metric-${m}`,
          interval: '5m' as const,
          count: 1_000_000 + round,
        }));
        await database.insertMetricSummaries(late);
        for (const { metricName, count } of late) {
          latest.set(`${metricName} ${timestamp.getTime()}`, count);
        }
      }
      expect((await sealing!).clustered).toBeGreaterThan(7 * rowsPerDay);
      expect(latest.size).toBeGreaterThan(metrics);
      const found = await rows(
        database,
        `SELECT metric_name || ' ' || epoch_ms(timestamp), count FROM metric_history WHERE count >= 1000000`,
      );
      expect(found.map(String).sort()).toEqual([...latest].map(String).sort());
      const [all] = await rows(
        database,
        `SELECT count(*), count(DISTINCT (metric_name, service_id, timestamp)) FROM metric_history
         WHERE service_id <> 's'`,
      );
      expect(all!.map(Number)).toEqual([days * rowsPerDay, days * rowsPerDay]);
    });
  }, 120_000);

  it('that is small, or of which eight days are not over, is left as it is', async () => {
    const database = await open();
    await database.close();
    await fill(1);
    await withDatabase(async (again) => {
      expect(await again.seal()).toMatchObject({ rows: 1, clustered: 0 });
    });
  });

  it('loses and doubles no row when the process is killed meanwhile', async () => {
    const before = await fill(days);
    const random = seededRandom();
    let kills = 0;
    while (kills < 3) {
      const child = await spawnProcess({
        command: process.execPath,
        args: [program, dir.path, colonyId, String(now)],
        env: cleanEnv({ home: dir.path }),
      });
      const isClustering = await child.waitForOutput(/^cluster /m, { timeoutMs: 60_000 }).then(
        () => true,
        () => false,
      );
      // The kill before came when all was done: there is nothing left to lay out.
      if (!isClustering) {
        expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, random.integer(0, 300)));
      await child.kill9();
      kills += 1;
      expect(child.stderr).toBe('');
      await withDatabase(async (database) => {
        expect((await rows(database, ofCluster))[0]!.map(String)).toEqual(before.map(String));
      });
    }
    expect(kills).toBeGreaterThan(0);
    await withDatabase(async (database) => {
      await database.seal();
      expect((await rows(database, ofCluster))[0]!.map(String)).toEqual(before.map(String));
      expect(await database.seal()).toMatchObject({ clustered: 0 });
    });
  }, 180_000);
});
