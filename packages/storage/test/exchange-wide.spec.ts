import { beforeAll, describe, expect, it } from '@jest/globals';
import { onTestEnd, useTempDir } from '@coral/testkit';
import { readdir, writeFile } from 'node:fs/promises';
import { exchangeFormats } from '../src/exchange/exchange-tables.js';
import { openDatabase } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { rows } from './support/look-ups.js';

const dir = useTempDir({ per: 'file' });
const colonyId = 'wide-dev';
/** DuckDB unpacks 2,048 rows at once: of these 80 MB, where 64 MiB are allowed. */
const memoryLimitBytes = 64 * 1024 ** 2;
const narrowRows = 300;
const wideRows = 1_700;
const contents = `SELECT count(*), sum(hash(id, timestamp, service_id, event_type, details)) FROM`;
const typed = `SELECT * REPLACE (id::INTEGER AS id, timestamp::TIMESTAMP AS timestamp,
  details::VARCHAR AS details) FROM`;
let expected: unknown[][];

const open = async () => {
  const database = await openDatabase({ storagePath: dir.path, colonyId, memoryLimitBytes });
  onTestEnd(() => database.close());
  return database;
};

describe('rows of 64 KB, more than the memory limit holds at once,', () => {
  beforeAll(async () => {
    await (await openDatabase({ storagePath: dir.path, colonyId })).close();
    expected = await bareDuckdb(
      dir.file(`${colonyId}.duckdb`),
      // Narrow ones before, among and behind them; some gone again.
      `INSERT INTO events
       SELECT i, make_timestamp(i * 90_000_003), 'service-' || i % 5, 'deploy',
         '{"m":"' || repeat(md5(i::VARCHAR), CASE WHEN i > ${narrowRows} AND i % 10 > 0 THEN 2047 ELSE 2 END) || '"}',
         NULL
       FROM range(1, ${narrowRows + wideRows}) AS t(i)`,
      'DELETE FROM events WHERE id % 7 = 0',
      `${contents} events`,
    );
  }, 60_000);

  it.each(exchangeFormats)(
    'leave whole, as %s',
    async (format) => {
      const database = await open();
      const output = dir.file(`events.${format}`);
      const result = await database.exportTable({ table: 'events', format, output });
      expect(result.rows).toBe(Number(expected[0]![0]));
      const from =
        format === 'csv'
          ? `read_csv('${output}', quote = '"', escape = '"', max_line_size = 1_000_000)`
          : `'${output}'`;
      expect(await bareDuckdb(':memory:', `${contents} (${typed} ${from})`)).toEqual(expected);
      expect(
        (await readdir(dir.file(`${colonyId}.work`))).filter((name) => /export/.test(name)),
      ).toEqual([]);
    },
    120_000,
  );

  it('leave whole, a file for each day', async () => {
    const database = await open();
    const output = dir.file('days');
    const result = await database.exportTable({
      table: 'events',
      format: 'parquet',
      partitionBy: 'day',
      output,
    });
    expect(result.files).toBe(3);
    expect(
      await bareDuckdb(':memory:', `${contents} read_parquet('${output}/*/*.parquet')`),
    ).toEqual(expected);
  }, 120_000);

  it('are found by a condition on their long texts', async () => {
    const database = await open();
    const where = `details > '{"m":"e'`;
    const found = await database.exportTable({ table: 'events', format: 'json', where });
    const file = dir.file(`${colonyId}.duckdb`);
    await database.close();
    const counted = await bareDuckdb(file, `SELECT count(*) FROM events WHERE ${where}`);
    expect(found.rows).toBeGreaterThan(0);
    expect(counted).toEqual([[String(found.rows)]]);
  }, 60_000);

  it('are those of one moment, while others take their place', async () => {
    const database = await open();
    const input = dir.file('others.csv');
    const others = Array.from(
      { length: 100 },
      (_, id) => `${id + 1},2026-01-01T00:00:00Z,checkout,crash`,
    );
    await writeFile(input, ['id,timestamp,service_id,event_type', ...others].join('\n'));
    const output = dir.file('moment.json');
    const exported = database.exportTable({ table: 'events', format: 'json', output });
    await database.importTable({ input, table: 'events' });
    await exported;
    const replaced = `SELECT count(*) FROM events WHERE event_type = 'crash'`;
    expect(await rows(database, replaced)).toEqual([[100]]);
    expect(await bareDuckdb(':memory:', `${contents} (${typed} '${output}')`)).toEqual(expected);
  }, 60_000);
});
