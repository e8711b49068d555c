import { beforeEach, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { connect } from '../../test/support/connect.js';
import { histogramPoints } from '../../test/support/histogram-points.js';
import { numberPoints } from '../../test/support/number-points.js';
import { ColumnAppender } from '../duckdb/column-appender.js';
import type { Connection } from '../duckdb/connection.js';
import { workFolder } from '../lifecycle/work-folder.js';
import { histogramBucketsDdl, histogramPointsDdl, pointsDdl } from '../schema/tables/points.js';
import { insertByFile } from './insert-by-file.js';
import { packPoints, pointTables, type PackedPoints } from './packed-points.js';
import type { PointColumns } from './point-columns.js';
import { PointOrder } from './point-order.js';

const gauge = { serviceId: 'checkout', metricName: 'queue.length', kind: 'gauge' } as const;
const latency = { serviceId: 'checkout', metricName: 'latency', kind: 'histogram' } as const;
const dir = useTempDir();
let duckdb: Connection;

beforeEach(async () => {
  duckdb = await connect();
  await duckdb.execute([pointsDdl, histogramPointsDdl, histogramBucketsDdl].join(';'));
});

function pack(points: PointColumns): PackedPoints {
  const accept = new Uint8Array(points.length).fill(1);
  return packPoints(points, accept, new Int32Array(points.series.length).fill(7), new PointOrder());
}

/** Batches of one row and of some thousand, of numbers and of histograms: some lack sum, min and max. */
const batches = Array.from({ length: 40 }, (_, n) => {
  const rows = n % 3 === 0 ? 1 : 1 + n * 100;
  const of = <T>(point: (at: number) => T) =>
    Array.from({ length: rows }, (_, i) => point(n * 1e4 + i));
  if (n % 2 === 0)
    return numberPoints(
      gauge,
      of((at) => ({ timeMs: at, value: -at / 3 })),
    );
  return histogramPoints(
    latency,
    of((at) => ({
      timeMs: at,
      startMs: at - 5,
      count: at,
      ...(at % 2 === 0 ? { sum: -at, min: -1.5 } : { max: at }),
      scale: (at % 30) - 15,
      buckets: [
        [1, -at, 1],
        [-1, at, 2],
      ],
    })),
  );
}).map(pack);

describe('points that come in by way of a file', () => {
  it.each(['my-shop-dev', "it's [1]*?", 'value=5/x'])(
    'are those that appending gives: %s',
    async (name) => {
      const work = workFolder(dir.file(`${name}.duckdb`));
      await insertByFile(duckdb, batches, work);
      expect(await readdir(work.path)).toEqual([]);
      for (const [index, { name: table, columns, nullable }] of pointTables.entries()) {
        await duckdb.execute(`CREATE TABLE appended AS FROM ${table} LIMIT 0`);
        const kinds = columns.map(({ kind }) => kind);
        const appender = await ColumnAppender.create(duckdb, 'appended', kinds);
        for (const { tables } of batches) {
          appender.appendPacked(tables[index]!.columns, tables[index]!.rows, nullable);
        }
        appender.flush();
        appender.close();
        const inserted = `SELECT rowid, * FROM ${table}`;
        const appended = 'SELECT rowid, * FROM appended';
        const [found] = await duckdb.query(
          `SELECT (SELECT count(*) FROM (${inserted})) AS rows,
           (SELECT count(*) FROM (${inserted} EXCEPT ${appended})) AS more,
           (SELECT count(*) FROM (${appended} EXCEPT ${inserted})) AS fewer`,
        );
        const rows = batches.reduce((sum, { tables }) => sum + tables[index]!.rows, 0);
        expect({ table, ...found }).toEqual({ table, rows, more: 0, fewer: 0 });
        await duckdb.execute('DROP TABLE appended');
      }
      const [nulls] = await duckdb.query(
        `SELECT count(sum) AS sums, count(min) AS mins, count(max) AS maxs, count(*) AS rows
       FROM histogram_points WHERE NOT isnan(coalesce(sum, min, max))`,
      );
      const { sums, mins, maxs, rows } = nulls as Record<string, number>;
      expect([sums, sums! + maxs!]).toEqual([mins, rows]);
      expect(sums).toBeGreaterThan(1_000);
    },
  );

  it('are not kept in memory by DuckDB', async () => {
    await insertByFile(duckdb, batches, workFolder(dir.file('my-shop-dev.duckdb')));
    expect(await duckdb.query('FROM duckdb_external_file_cache()')).toEqual([]);
  });

  it('stay out, with a code, where the file cannot be written', async () => {
    const work = workFolder(dir.file('my-shop-dev.duckdb'));
    await writeFile(work.path, '');
    await expect(insertByFile(duckdb, batches, work)).rejects.toMatchObject({
      code: 'STORAGE_PATH_NOT_DIRECTORY',
      details: { path: work.path },
    });
    expect(await duckdb.query('SELECT count(*) AS rows FROM points')).toEqual([{ rows: 0 }]);
  });

  it('leave no file behind when DuckDB cannot take them', async () => {
    const work = workFolder(dir.file('my-shop-dev.duckdb'));
    await mkdir(work.path);
    await duckdb.execute('DROP TABLE points');
    await expect(insertByFile(duckdb, batches, work)).rejects.toMatchObject({
      code: 'STORAGE_SQL_INVALID',
    });
    expect(await readdir(work.path)).toEqual([]);
  });
});
