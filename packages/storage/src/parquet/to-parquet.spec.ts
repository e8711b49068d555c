import { beforeEach, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { writeFile } from 'node:fs/promises';
import { connect } from '../../test/support/connect.js';
import type { Connection, Row } from '../duckdb/connection.js';
import { toParquet, type ColumnRows, type ParquetColumn } from './to-parquet.js';

const rowsPerGroup = 122_880;
const dir = useTempDir();
let duckdb: Connection;

beforeEach(async () => {
  duckdb = await connect();
});

/** @param select what to read of a file of these rows, as of a table `file` */
async function readBack(
  columns: readonly ParquetColumn[],
  batches: readonly ColumnRows[],
  select: string,
): Promise<Row[]> {
  const file = dir.file('some.parquet');
  await writeFile(file, toParquet(columns, batches));
  return duckdb.query(
    `WITH file AS (FROM read_parquet('${file}', file_row_number = true)),
       meta AS (FROM parquet_metadata('${file}'))
     ${select}`,
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

describe('a Parquet file', () => {
  const columns = [
    { name: 'time', kind: 'timestamp' },
    { name: 'id', kind: 'integer' },
    { name: 'value', kind: 'double' },
    { name: 'scale', kind: 'tinyint' },
  ] as const;

  it('has the types and values that were laid out', async () => {
    const batch: ColumnRows = {
      rows: 5,
      columns: [
        new BigInt64Array([0n, -1n, 1_700_000_000_123_456n, -62_135_596_800_000_000n, 2n ** 61n]),
        new Int32Array([0, -1, 2 ** 31 - 1, -(2 ** 31), 7]),
        new Float64Array([0.1, NaN, -Infinity, 5e-324, -0]),
        new Int8Array([0, -1, 127, -128, 7]),
      ].map(bytesOf),
    };
    const read = await readBack(
      columns,
      [batch],
      `SELECT typeof(time) AS type, epoch_us(time)::VARCHAR AS time, id, value, scale,
         typeof(id) || ' ' || typeof(value) || ' ' || typeof(scale) AS types
       FROM file ORDER BY file_row_number`,
    );
    expect(new Set(read.map(({ type, types }) => `${type as string} ${types as string}`))).toEqual(
      new Set(['TIMESTAMP INTEGER DOUBLE TINYINT']),
    );
    expect(read.map(({ time, id, value, scale }) => [time, id, value, scale])).toEqual([
      ['0', 0, 0.1, 0],
      ['-1', -1, NaN, -1],
      ['1700000000123456', 2 ** 31 - 1, -Infinity, 127],
      ['-62135596800000000', -(2 ** 31), 5e-324, -128],
      ['2305843009213693952', 7, -0, 7],
    ]);
  });

  it('may be of one row', async () => {
    const row = [new BigInt64Array([1n]), new Int32Array([2]), new Float64Array([3])].map(bytesOf);
    const batch = { rows: 1, columns: [...row, bytesOf(new Int8Array([4]))] };
    expect(
      await readBack(columns, [batch], 'SELECT epoch_us(time) AS us, id, value, scale FROM file'),
    ).toEqual([{ us: 1, id: 2, value: 3, scale: 4 }]);
  });

  it.each([
    [[rowsPerGroup], [rowsPerGroup]],
    [[rowsPerGroup + 1], [rowsPerGroup, 1]],
    [
      [1, rowsPerGroup - 1, 1],
      [rowsPerGroup, 1],
    ],
    [
      [100_000, 0, 7, 200_000, 2_000],
      [rowsPerGroup, rowsPerGroup, 302_007 - 2 * rowsPerGroup],
    ],
  ])(
    'of batches of %j rows has row groups of %j, all rows in their order',
    async (sizes, groups) => {
      let next = 0;
      const batches = sizes.map((rows) => {
        const ids = Int32Array.from({ length: rows }, (_, n) => next + n);
        const values = Float64Array.from(ids, (id) => id / 3);
        next += rows;
        return { rows, columns: [ids, values].map(bytesOf) };
      });
      const two = [columns[1], columns[2]];
      const read = await readBack(
        two,
        batches,
        `SELECT count(*) AS rows, count(*) FILTER (id = file_row_number AND value = id / 3) AS right,
         (SELECT list(rows ORDER BY nr) FROM (
            SELECT DISTINCT row_group_id AS nr, row_group_num_rows AS rows FROM meta))::VARCHAR AS groups
       FROM file`,
      );
      expect(read).toEqual([{ rows: next, right: next, groups: `[${groups.join(', ')}]` }]);
    },
  );

  it('may have more row groups than the short form of a list has', async () => {
    const rows = 15 * rowsPerGroup + 1;
    const batch = { rows, columns: [new Uint8Array(rows).fill(255)] };
    expect(
      await readBack(
        [columns[3]],
        [batch],
        `SELECT count(*) AS rows, min(scale) AS least, max(scale) AS most,
           (SELECT max(row_group_id) FROM meta) AS last FROM file`,
      ),
    ).toEqual([{ rows, least: -1, most: -1, last: 15 }]);
  });
});
