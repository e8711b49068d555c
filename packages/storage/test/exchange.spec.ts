import { describe, expect, it } from '@jest/globals';
import { onTestEnd, seededRandom, useTempDir } from '@coral/testkit';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openDatabase, type Progress } from '../src/index.js';
import {
  exchangeFormats,
  exchangeTables,
  largestImportedId,
} from '../src/exchange/exchange-tables.js';
import { allTables, awkwardRows, dump } from './support/awkward-rows.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { rows } from './support/look-ups.js';

const dir = useTempDir();
const noon = Date.UTC(2026, 10, 22, 12);
const dayMs = 86_400_000;

const open = async (colonyId = 'my-shop-dev') => {
  const database = await openDatabase({ storagePath: dir.path, colonyId });
  onTestEnd(() => database.close());
  return database;
};

const deploy = { serviceId: 'checkout', eventType: 'deploy' };
const summary = {
  serviceId: 'checkout',
  metricName: 'latency',
  interval: '5m' as const,
  count: 1,
};

describe('an export read back', () => {
  it.each(exchangeFormats)('is the same to the bit, every table as %s', async (format) => {
    const random = seededRandom();
    await (await open('from-dev')).close();
    await bareDuckdb(
      dir.file('from-dev.duckdb'),
      ...allTables.flatMap((table) => awkwardRows(table, random, 60)),
    );
    const from = await open('from-dev');
    const to = await open('to-dev');
    for (const table of allTables) {
      const { name } = table;
      const output = dir.file(`${name}.${format}`);
      expect(await from.exportTable({ table: name, format, output })).toMatchObject({ rows: 60 });
      const imported = await to.importTable({ input: output });
      expect(imported).toMatchObject({ table: name, format, rows: 60 });
      // Compared before a CHECKPOINT: DuckDB's run-length encoding takes 0 and -0 for the same.
      expect(await dump(to, table)).toEqual(await dump(from, table));
    }
  });

  it.each(exchangeFormats)('is the same when there is nothing in it, as %s', async (format) => {
    const database = await open();
    for (const { name } of allTables) {
      const output = dir.file(name);
      const result = await database.exportTable({ table: name, format, output });
      expect(result).toMatchObject({ rows: 0, files: 1 });
      expect(await database.importTable({ input: output })).toMatchObject({ rows: 0 });
    }
  });

  it('has the summaries of both tiers, a Parquet file for each day', async () => {
    const from = await open('from-dev');
    const days = [-40, -39, -3, 0];
    await from.insertMetricSummaries(
      days.flatMap((day) =>
        Array.from({ length: 288 }, (_, window) => ({
          ...summary,
          timestamp: new Date(Math.floor(Date.now() / dayMs + day) * dayMs + window * 300_000),
          mean: day * window,
        })),
      ),
    );
    await from.maintain();
    const [sealed] = await rows(from, 'SELECT count(*) FROM metric_history');
    expect(sealed![0]).toBeGreaterThanOrEqual(3 * 288);
    const output = dir.file('days');
    const progress: Progress[] = [];
    const result = await from.exportTable({
      table: 'metrics',
      format: 'parquet',
      partitionBy: 'day',
      output,
      onProgress: (one) => progress.push(one),
    });
    expect(result).toMatchObject({ rows: 4 * 288, files: 4 });
    expect(progress.at(-1)).toEqual({ phase: 'write', done: 1_152, total: 1_152, unit: 'rows' });
    const folders = await readdir(output);
    expect(folders).toHaveLength(4);
    for (const folder of folders) expect(folder).toMatch(/^day=\d{4}-\d\d-\d\d$/);
    const to = await open('to-dev');
    expect(await to.importTable({ input: output })).toMatchObject({ rows: 4 * 288 });
    expect(await dump(to, exchangeTables.metrics)).toEqual(
      await dump(from, exchangeTables.metrics),
    );
    // Again, into days that are sealed by now: each key stands once.
    await to.maintain();
    await to.importTable({ input: output });
    expect(await dump(to, exchangeTables.metrics)).toEqual(
      await dump(from, exchangeTables.metrics),
    );
  });

  it('can be read by DuckDB alone, as the document says', async () => {
    const database = await open();
    await database.upsertService({ id: 'a', name: 'A', appId: 'a', agentId: 'h', version: '' });
    await database.upsertService({ id: 'b', name: 'B', appId: 'a', agentId: 'h' });
    await database.exportTable({ table: 'services', format: 'csv', output: dir.file('s.csv') });
    await database.exportTable({
      table: 'services',
      format: 'parquet',
      partitionBy: 'day',
      output: dir.file('days'),
    });
    const versions = 'SELECT id, version FROM';
    const expected = [
      ['a', ''],
      ['b', null],
    ];
    for (const source of [
      `read_csv('${dir.file('s.csv')}', allow_quoted_nulls = false)`,
      `read_parquet('${dir.file('days')}/*/*.parquet', hive_partitioning = true)`,
    ]) {
      const read = await bareDuckdb(':memory:', `${versions} ${source} ORDER BY id`);
      expect(read).toEqual(expected);
    }
  });
});

describe('an export', () => {
  it('has a schema file that tells what it is', async () => {
    const database = await open();
    for (const ms of [0, 1]) {
      await database.recordEvent({ ...deploy, timestamp: new Date(noon + ms) });
    }
    const output = dir.file('e.csv');
    const from = new Date(noon + 1);
    const where = "event_type = 'deploy'";
    const result = await database.exportTable({
      table: 'events',
      format: 'csv',
      output,
      from,
      where,
    });
    expect(result).toMatchObject({ output, schemaFile: `${output}.schema.json`, rows: 1 });
    expect(JSON.parse(await readFile(`${output}.schema.json`, 'utf8'))).toEqual({
      version: 1,
      table: 'events',
      format: 'csv',
      partition_by: null,
      columns: [
        { name: 'id', type: 'INTEGER', nullable: false },
        { name: 'timestamp', type: 'TIMESTAMP', nullable: false },
        { name: 'service_id', type: 'VARCHAR', nullable: false },
        { name: 'event_type', type: 'VARCHAR', nullable: false },
        { name: 'details', type: 'VARCHAR', nullable: true },
        { name: 'correlation_group', type: 'VARCHAR', nullable: true },
      ],
      rows: 1,
      time_range: {
        column: 'timestamp',
        first: '2026-11-22T12:00:00.001000Z',
        last: '2026-11-22T12:00:00.001000Z',
      },
      filter: { from: from.toISOString(), to: null, where },
      colony_id: 'my-shop-dev',
      schema_version: (await database.stats()).schemaVersion,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await readFile(output, 'utf8')).toBe(
      'id,timestamp,service_id,event_type,details,correlation_group\n' +
        '2,2026-11-22T12:00:00.001000Z,checkout,deploy,,\n',
    );
  });

  it('lists the columns that the table has', async () => {
    const database = await open();
    for (const { table, source, columns } of allTables) {
      const found = await rows(
        database,
        `SELECT column_name, data_type, is_nullable FROM duckdb_columns()
         WHERE table_name = '${table}' ORDER BY column_index`,
      );
      expect(columns.map(({ name, type, nullable }) => [name, type, nullable])).toEqual(found);
      expect(await rows(database, `SELECT column_name FROM (DESCRIBE ${source})`)).toEqual(
        columns.map(({ name }) => [name]),
      );
    }
  });

  it('is of one moment, while others write', async () => {
    const database = await open();
    await database.recordEvents(Array.from({ length: 20_000 }, () => deploy));
    let isDone = false;
    const write = async () => {
      while (!isDone) await database.recordEvents([deploy, deploy]);
    };
    const writing = write();
    const output = dir.file('e.csv');
    const result = await database.exportTable({ table: 'events', format: 'csv', output });
    isDone = true;
    await writing;
    const lines = (await readFile(output, 'utf8')).trimEnd().split('\n').length - 1;
    expect(lines).toBe(result.rows);
    expect(result.rows % 2).toBe(0);
  });

  it('stays in the work folder when no output is named', async () => {
    const database = await open();
    const result = await database.exportTable({ table: 'events', format: 'json' });
    expect(path.dirname(result.output)).toBe(dir.file('my-shop-dev.work'));
    expect(result.schemaFile).toBeUndefined();
    expect(await readFile(result.output, 'utf8')).toBe('');
  });

  it('replaces what is there only when it is asked to, and never a folder', async () => {
    const database = await open();
    const output = dir.file('e.csv');
    const options = { table: 'events', format: 'csv', output } as const;
    await database.exportTable(options);
    await rm(output);
    // The schema file alone is in the way, too.
    await expect(database.exportTable(options)).rejects.toMatchObject({
      code: 'STORAGE_OUTPUT_EXISTS',
    });
    await database.exportTable({ ...options, overwrite: true });
    await database.exportTable({ ...options, overwrite: true });
    const folder = dir.file('days');
    await mkdir(folder);
    const days = { ...options, format: 'parquet', output: folder, partitionBy: 'day' } as const;
    await expect(database.exportTable({ ...days, overwrite: true })).rejects.toMatchObject({
      code: 'STORAGE_OUTPUT_EXISTS',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves nothing when it is stopped or cannot be written', async () => {
    const database = await open();
    await database.recordEvents(Array.from({ length: 1_000 }, () => deploy));
    const stopped = { table: 'events', format: 'csv', output: dir.file('e.csv') } as const;
    // Far more work than an interrupt takes to arrive.
    const where =
      '(SELECT count(*) FROM range(100000000) a, range(1000) b WHERE a.range > id) >= 0';
    const stop = new AbortController();
    const running = database.exportTable({ ...stopped, where, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(running).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    await expect(
      database.exportTable({ ...stopped, output: dir.file('no', 'folder', 'e.csv') }),
    ).rejects.toMatchObject({ code: 'STORAGE_PATH_NOT_WRITABLE' });
    expect((await readdir(dir.path)).filter((name) => name.startsWith('e.csv'))).toEqual([]);
    expect(await readdir(dir.file('my-shop-dev.work'))).toEqual([]);
    expect(await database.exportTable(stopped)).toMatchObject({ rows: 1_000 });
  });

  it.each([
    [{ table: 'points' }, 'table'],
    [{ format: 'xlsx' }, 'format'],
    [{ from: new Date(NaN) }, 'from'],
    [{ to: '2026-01-01' }, 'to'],
    [{ where: 5 }, 'where'],
    [{ partitionBy: 'week', format: 'parquet' }, 'partitionBy'],
    [{ partitionBy: 'day', format: 'csv' }, 'partitionBy'],
    [{ partitionBy: 'day', format: 'parquet', output: undefined }, 'partitionBy'],
  ])('is refused for %j', async (bad, field) => {
    const database = await open();
    const options = { table: 'events', format: 'csv', output: dir.file('x'), ...bad };
    await expect(database.exportTable(options as never)).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field },
    });
  });

  it.each(['my-shop-dev.duckdb', 'my-shop-dev.duckdb.wal', 'my-shop-dev.duckdb.lock'])(
    'never takes the place of %s',
    async (name) => {
      const database = await open();
      const output = dir.file(name);
      const options = { table: 'events', format: 'csv', output, overwrite: true } as const;
      await expect(database.exportTable(options)).rejects.toMatchObject({
        code: 'STORAGE_INVALID_INPUT',
      });
      await database.ping();
    },
  );
});

describe('an import', () => {
  const importText = async (text: string | Buffer, options: object = {}) => {
    const database = await open();
    const input = dir.file('in.csv');
    await writeFile(input, text);
    return { database, result: database.importTable({ input, table: 'events', ...options }) };
  };
  const header = 'timestamp,service_id,event_type\n';

  it('replaces the row with the same key', async () => {
    const database = await open();
    const [id] = await database.recordEvents([deploy, deploy]);
    const output = dir.file('e.json');
    await database.exportTable({ table: 'events', format: 'json', output });
    const text = await readFile(output, 'utf8');
    await writeFile(output, text.replace('"deploy"', '"restart"'));
    await database.importTable({ input: output });
    expect((await database.listEvents()).map((event) => [event.id, event.eventType])).toEqual([
      [id! + 1, 'deploy'],
      [id, 'restart'],
    ]);
  });

  it('keeps the last of several rows with one key', async () => {
    const { database, result } = await importText(
      'id,timestamp,service_id,event_type\n7,2026-01-01T00:00:00Z,a,one\n7,2026-01-01T00:00:00Z,a,two\n',
    );
    await result;
    expect(await database.listEvents()).toMatchObject([{ id: 7, eventType: 'two' }]);
  });

  it('gives ids to rows that bring none, and never one that was brought', async () => {
    const { database, result } = await importText(
      '{"id":1000,"timestamp":"2026-01-01T00:00:00Z","service_id":"a","event_type":"old"}\n' +
        '{"timestamp":"2026-01-01T00:00:00Z","service_id":"a","event_type":"new"}\n\n',
      { format: 'json' },
    );
    expect(await result).toMatchObject({ rows: 2 });
    const later = await database.recordEvent(deploy);
    await database.close();
    const reopened = await open();
    const last = await reopened.recordEvent(deploy);
    const ids = (await reopened.listEvents()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(4);
    expect(Math.min(later, last)).toBeGreaterThan(1000);
    expect(last).toBeGreaterThan(later);
  });

  it('gives rows that bring no id the same ones again, and others to others', async () => {
    const header = 'timestamp,service_id,event_type,details\n';
    const line = '2026-01-01T00:00:00Z,a,deploy,\n';
    const { database, result } = await importText(header + line + line);
    await result;
    await database.recordEvent(deploy);
    const all = await database.listEvents();
    expect(all).toHaveLength(3);
    const input = dir.file('again.csv');
    const again = async (text: string) => {
      await writeFile(input, text);
      return database.importTable({ input, table: 'events' });
    };
    expect(await again(header + line + line)).toMatchObject({ rows: 2 });
    expect(await database.listEvents()).toEqual(all);
    await again(header + line + line.replace('\n', '{}\n'));
    expect(await database.listEvents()).toHaveLength(5);
  });

  it('gives no id that an earlier import brought', async () => {
    const line = (id: number) => `${id},2026-01-01T00:00:00Z,a,deploy\n`;
    const header = 'id,timestamp,service_id,event_type\n';
    const { database, result } = await importText(header + line(100));
    await result;
    const input = dir.file('earlier.csv');
    await writeFile(input, header + line(50));
    await database.importTable({ input, table: 'events' });
    expect(await database.recordEvent(deploy)).toBeGreaterThan(100);
  });

  it('takes no id from events that are recorded meanwhile', async () => {
    const from = await open('from-dev');
    await from.recordEvents(Array.from({ length: 12_000 }, () => deploy));
    const output = dir.file('e.csv');
    await from.exportTable({ table: 'events', format: 'csv', output });
    const to = await open('to-dev');
    const recorded: number[] = [];
    let isDone = false;
    const write = async () => {
      while (!isDone) recorded.push(await to.recordEvent({ ...deploy, eventType: 'live' }));
    };
    const before = await to.recordEvent({ ...deploy, eventType: 'before' });
    const importing = to.importTable({
      input: output,
      onProgress: ({ phase }) => {
        if (phase === 'write' && recorded.length === 0) void writing.push(write());
      },
    });
    const writing: Promise<void>[] = [];
    await importing;
    isDone = true;
    await Promise.all(writing);
    const live = await rows(to, `SELECT id FROM events WHERE event_type = 'live' ORDER BY id`);
    expect(recorded.length).toBeGreaterThan(0);
    expect(live.map(([id]) => id)).toEqual(recorded);
    // One that was there before gives way to the row with its id.
    expect(await rows(to, `SELECT event_type FROM events WHERE id = ${before}`)).toEqual([
      ['deploy'],
    ]);
  });

  it('takes objects for JSON columns, and columns in any order', async () => {
    const { database, result } = await importText(
      '{"event_type":"deploy","details":{"a":[1]},"service_id":"s","timestamp":"2026-01-01 00:00:00"}\n',
      { format: 'json' },
    );
    await result;
    expect(await database.listEvents()).toMatchObject([{ details: { a: [1] } }]);
  });

  it('writes nothing when the last row is wrong', async () => {
    const good = '2026-01-01T00:00:00Z,a,deploy\n'.repeat(6_000);
    const { database, result } = await importText(`${header}${good}2026-01-01T00:00:00Z,,deploy\n`);
    await expect(result).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { path: dir.file('in.csv'), row: 6_001, field: 'service_id' },
    });
    expect(await database.listEvents()).toEqual([]);
    expect(await database.recordEvent(deploy)).toBe(1);
  });

  it('notices by the schema file that rows are missing', async () => {
    const database = await open();
    await database.recordEvents([deploy, deploy]);
    const output = dir.file('e.csv');
    await database.exportTable({ table: 'events', format: 'csv', output });
    const lines = (await readFile(output, 'utf8')).split('\n');
    await writeFile(output, `${lines.slice(0, 2).join('\n')}\n`);
    await expect(database.importTable({ input: output })).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
    });
  });

  it('stops when it is told to, and leaves nothing of its own', async () => {
    const database = await open();
    await database.recordEvents(Array.from({ length: 100 }, () => deploy));
    const output = dir.file('e.parquet');
    await database.exportTable({ table: 'events', format: 'parquet', output });
    await expect(
      database.importTable({ input: output, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    expect(await readdir(dir.file('my-shop-dev.work'))).toEqual([]);
  });

  it.each([
    ['nothing at all', '', undefined],
    ['a header that lacks a column', 'timestamp,service_id\n', 'event_type'],
    ['a column that is not known', `x,${header}`, 'x'],
    ['a column twice', `timestamp,${header}`, undefined],
    ['too few fields', `${header}a,b\n`, undefined],
    ['a NULL', `${header},a,b\n`, 'timestamp'],
    ['no time', `${header}2026-02-30T00:00:00Z,a,b\n`, 'timestamp'],
    ['another zone', `${header}2026-02-03T00:00:00+02:00,a,b\n`, 'timestamp'],
    ['an empty name', `${header}2026-02-03T00:00:00Z,"",b\n`, 'service_id'],
    ['a NUL', `${header}2026-02-03T00:00:00Z,a\0,b\n`, 'service_id'],
    [
      'a name that is too long',
      `${header}2026-02-03T00:00:00Z,${'a'.repeat(513)},b\n`,
      'service_id',
    ],
    [
      'an id that is too large',
      `id,${header}${largestImportedId + 1},2026-02-03T00:00:00Z,a,b\n`,
      'id',
    ],
    ['an id that is no number', `id,${header}1e3,2026-02-03T00:00:00Z,a,b\n`, 'id'],
    ['an id of zero', `id,${header}0,2026-02-03T00:00:00Z,a,b\n`, 'id'],
    ['no JSON', `details,${header}{,2026-02-03T00:00:00Z,a,b\n`, 'details'],
    ['JSON that is no object', `details,${header}[],2026-02-03T00:00:00Z,a,b\n`, 'details'],
  ])('refuses %s and names the column', async (_, text, field) => {
    const { database, result } = await importText(text);
    await expect(result).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { path: dir.file('in.csv'), ...(field ? { field } : {}) },
    });
    expect(await database.listEvents()).toEqual([]);
  });

  it.each([
    ['p50', '"NaN"'],
    ['p50', '1e999'],
    ['mean', 'true'],
    ['count', '1.5'],
    ['count', '2147483648'],
    ['count', '-1'],
    ['interval', '"2m"'],
    ['timestamp', '"2026-01-01T00:00:00.000001Z"'],
    ['metric_name', '{}'],
    ['__proto__', '1'],
  ])('refuses metrics whose %s is %s', async (field, value) => {
    const row = `{"service_id":"a","metric_name":"m","interval":"5m","timestamp":"2026-01-01T00:00:00Z"}`;
    const rest = JSON.parse(row) as Record<string, unknown>;
    delete rest[field];
    const text = JSON.stringify(rest).replace('}', `,"${field}":${value}}`);
    const { result } = await importText(text, { table: 'metrics', format: 'json' });
    await expect(result).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { row: 1, field },
    });
  });

  it('wants to know table and format', async () => {
    const database = await open();
    await writeFile(dir.file('rows'), header);
    const input = dir.file('rows');
    for (const [options, field] of [
      [{ input }, 'table'],
      [{ input, table: 'events' }, 'format'],
      [{ input, table: 'nothing', format: 'csv' }, 'table'],
      [{ input, table: 'events', format: 'xlsx' }, 'format'],
    ] as const) {
      await expect(database.importTable(options as never)).rejects.toMatchObject({
        code: 'STORAGE_INVALID_INPUT',
        details: { field },
      });
    }
  });
});
