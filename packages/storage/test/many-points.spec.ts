import { beforeAll, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import type { Database } from '../src/index.js';
import { buildProgram } from './support/build-program.js';
import { rows } from './support/look-ups.js';
import { histogramsPerRequest, manyPoints, numbersPerRequest } from './support/many-points.js';
import { openStore } from './support/open-store.js';
import { sendUntilKilled } from './support/send-until-killed.js';

const dir = useTempDir();
const firstMs = Math.floor(Date.now() / 1000) * 1000 - 60_000;

/** Rows, and different times among them, of each request that has any. */
function rowsByRequest(database: Database, table: string): Promise<unknown[][]> {
  return rows(
    database,
    `SELECT (epoch_us(time) - ${firstMs * 1000}) // ${numbersPerRequest} AS request,
       count(*) AS rows, count(DISTINCT time) AS times
     FROM ${table} GROUP BY 1 ORDER BY 1`,
  );
}

describe('points that come faster than they can be appended to tables', () => {
  it.each([512, 16])('are written in whole row groups, with %i MiB of memory', async (mib) => {
    const database = await openStore(dir, { memoryLimitBytes: mib * 1024 ** 2 });
    const send = (n: number) =>
      Promise.all(manyPoints(firstMs, n).map((points) => database.appendPoints(points)));
    await send(0);
    await Promise.all(Array.from({ length: 15 }, (_, n) => send(n + 1)));
    expect((await database.stats()).tables).toMatchObject({
      points: 16 * numbersPerRequest,
      histogram_points: 16 * histogramsPerRequest,
      histogram_buckets: 16 * histogramsPerRequest * 2,
    });
    // Compressed, and past the log: no checkpoint has been made.
    const [[written]] = (await rows(
      database,
      `SELECT sum(count) FROM pragma_storage_info('points')
       WHERE persistent AND column_name = 'value' AND segment_type = 'DOUBLE'`,
    )) as [[number]];
    expect(Number(written)).toBeGreaterThanOrEqual(200_000);
    // Nothing is left of what was on its way.
    expect(await readdir(dir.file('my-shop-dev.work'))).toEqual([]);
    await database.close();
    expect(await readdir(dir.path)).toEqual(['my-shop-dev.duckdb']);
    expect(await rowsByRequest(await openStore(dir), 'points')).toEqual(
      Array.from({ length: 16 }, (_, n) => [n, numbersPerRequest, numbersPerRequest]),
    );
  });
});

describe('points that were acknowledged while many came at once', () => {
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('many-points-sender');
  });

  it.each([4, 13, 21, 30, 38])('are there once after a kill -9 at request %i', async (acks) => {
    const order = Array.from({ length: 60 }, (_, n) => n);
    const acknowledged = await sendUntilKilled([program, dir.path, String(firstMs)], order, acks);
    // What was on its way may or may not be there; in the journal it is.
    await mkdir(dir.file('my-shop-dev.work'), { recursive: true });
    await writeFile(dir.file('my-shop-dev.work/points-cut-off.parquet'), 'PAR1');
    const database = await openStore(dir);
    expect(await readdir(dir.path)).not.toContain('my-shop-dev.work');
    const numbers = (await rowsByRequest(database, 'points')) as number[][];
    // What was not acknowledged is there whole or not at all.
    for (const [, count, times] of numbers) {
      expect([count, times]).toEqual([numbersPerRequest, numbersPerRequest]);
    }
    expect(numbers.map(([request]) => request)).toEqual(expect.arrayContaining(acknowledged));
    const histograms = (await rowsByRequest(database, 'histogram_points')) as number[][];
    expect(histograms.map(([request]) => request)).toEqual(expect.arrayContaining(acknowledged));
    const buckets = (await rowsByRequest(database, 'histogram_buckets')) as number[][];
    expect(buckets.map(([request, count]) => [request, count! / 2])).toEqual(
      histograms.map(([request, count]) => [request, count]),
    );
  });
});
