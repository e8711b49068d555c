import { beforeAll, describe, expect, it } from '@jest/globals';
import { seededRandom, useTempDir } from '@coral/testkit';
import { execFileSync } from 'node:child_process';
import { link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import type { Database } from '../src/index.js';
import { isStorageError } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { startLockProbe } from './support/lock-probe.js';
import { openStore } from './support/open-store.js';

const dir = useTempDir({ per: 'file' });
let database: Database;

beforeAll(async () => {
  database = await openStore(dir);
  await database.recordEvents(
    ['deploy', 'crash', 'restart'].map((eventType) => ({ serviceId: 'checkout', eventType })),
  );
});

describe('the condition of an export', () => {
  const count = async (where: string) =>
    (await database.exportTable({ table: 'events', format: 'csv', where })).rows;
  const codeOf = (where: string) =>
    count(where).then(
      () => 'accepted',
      (reason: unknown) => (isStorageError(reason) ? reason.code : reason),
    );

  it.each([
    ["event_type = 'deploy'", 1],
    ["event_type = 'deploy' OR event_type = 'crash'", 2],
    ['true) AND (false', 0],
    ['true -- and a remark that would swallow a bracket)', 3],
    ['id IN (SELECT max(id) FROM events)', 1],
    ["service_id IN (SELECT 'checkout')", 3],
    ["details IS NULL AND event_type LIKE '%r%'", 2],
  ])('may be %s', async (where, rows) => {
    expect(await count(where)).toBe(rows);
  });

  it.each([
    'true) UNION ALL SELECT * FROM events WHERE (true',
    'true) GROUP BY ALL HAVING (true',
    'true) ORDER BY (id',
    'true) LIMIT (1',
    'true) QUALIFY (row_number() OVER () = 1',
    'true) USING SAMPLE (1',
    '$1 = 1',
    '? = 1',
    "id IN (SELECT id FROM read_csv('/etc/passwd'))",
    "(SELECT count(*) FROM read_blob('/etc/passwd')) > 0",
    `(SELECT count(*) FROM '/etc/passwd') > 0`,
    "nextval('events_id_sequence') > 0",
    'json_structure(details) IS NULL',
  ])('may not be %s', async (where) => {
    expect(await codeOf(where)).toBe('STORAGE_SQL_REFUSED');
  });

  it.each([
    '',
    'true)',
    '(true',
    'true /*',
    "true AND 'open",
    'true; DELETE FROM events',
    'true); DELETE FROM events; SELECT (true',
    'nonsense = 1',
    'count(*) > 0',
    "id = 'x'",
    '\0',
  ])('is none when it is %j', async (where) => {
    expect(await codeOf(where)).toMatch(/^STORAGE_(?:SQL_INVALID|SQL_REFUSED|INVALID_INPUT)$/);
  });

  it('changed nothing', async () => {
    expect(await database.listEvents()).toHaveLength(3);
    expect(await database.recordEvent({ serviceId: 'checkout', eventType: 'x' })).toBe(4);
  });
});

describe('a file to import that was made to do harm', () => {
  const importFile = (input: string, options: object = {}) =>
    database.importTable({ input, table: 'events', ...options });
  const refuses = async (text: string | Buffer, format: string) => {
    const input = dir.file(`hostile.${format}`);
    await writeFile(input, text);
    await expect(importFile(input)).rejects.toMatchObject({ code: 'STORAGE_INVALID_INPUT' });
  };
  const deep = 1_000_000;

  it.each([
    ['JSON nested a million deep', '['.repeat(deep) + ']'.repeat(deep)],
    [
      'a column of JSON nested a million deep',
      `{"details":${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}}`,
    ],
    ['a line without end', `{"details":"${'x'.repeat(9_000_000)}`],
    ['bytes that are not UTF-8', Buffer.from('7b226964223a2231ff227d', 'hex')],
    [
      'half a surrogate pair',
      '{"service_id":"\\ud800","event_type":"a","timestamp":"2026-01-01T00:00:00Z"}',
    ],
    ['an array', '[{"id":1}]'],
  ])('as JSON, with %s', async (_, text) => {
    await refuses(text, 'json');
  });

  it('as JSON text within a column, nested as deep as it is long', async () => {
    const details = '[['.repeat(16_000) + ']]'.repeat(16_000);
    const row = { service_id: 'a', event_type: 'a', timestamp: '2026-01-01T00:00:00Z' };
    await refuses(JSON.stringify({ ...row, details: `{"a":${details}}` }), 'json');
  });

  it('as Parquet, cut or changed at any place', async () => {
    const whole = dir.file('whole.parquet');
    await database.exportTable({ table: 'events', format: 'parquet', output: whole });
    const bytes = await readFile(whole);
    const random = seededRandom();
    for (let round = 0; round < 12; round += 1) {
      const broken = Buffer.from(bytes);
      for (let n = random.integer(1, 4); n > 0; n -= 1) {
        broken[random.integer(0, broken.length - 1)] = random.integer(0, 255);
      }
      const cut = random.boolean(0.3)
        ? broken.subarray(0, random.integer(0, bytes.length))
        : broken;
      const input = dir.file('broken.parquet');
      await writeFile(input, cut);
      const code = await importFile(input).then(
        () => 'imported',
        (reason: unknown) => (isStorageError(reason) ? reason.code : reason),
      );
      expect(['imported', 'STORAGE_INVALID_INPUT']).toContain(code);
    }
    await database.ping();
  });

  it('as Parquet with other columns and types', async () => {
    const make = async (sql: string) => {
      const file = dir.file('other.parquet');
      await bareDuckdb(':memory:', `COPY (${sql}) TO '${file}' (FORMAT parquet)`);
      return importFile(file);
    };
    await expect(make(`SELECT 1 AS nonsense`)).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field: 'nonsense' },
    });
    await expect(
      make(`SELECT 'a' AS service_id, 'b' AS event_type, 5 AS timestamp`),
    ).rejects.toMatchObject({ details: { row: 1, field: 'timestamp' } });
    const good = `SELECT 'a' AS service_id, 'b' AS event_type, 900::BIGINT AS id,
      TIMESTAMPTZ '2026-01-01 02:00:00+02' AS timestamp`;
    await make(good);
    const [event] = await database.listEvents({ eventType: 'b' });
    expect(event).toMatchObject({ id: 900, timestamp: new Date('2026-01-01T00:00:00Z') });
  });

  it('under a name that DuckDB would take for a pattern', async () => {
    await mkdir(dir.file('[a-z]*'), { recursive: true });
    const input = dir.file('[a-z]*', "it's? {one}.parquet");
    await database.exportTable({ table: 'events', format: 'parquet', output: input });
    await importFile(input);
  });

  it('that is no file', async () => {
    await mkdir(dir.file('empty'));
    const pipe = dir.file('pipe');
    execFileSync('mkfifo', [pipe]);
    for (const input of [dir.file('nowhere.csv'), dir.file('empty'), pipe, '/dev/zero']) {
      await expect(importFile(input, { format: 'csv' })).rejects.toMatchObject({
        code: 'STORAGE_INVALID_INPUT',
      });
    }
  });

  it('that is the database itself, under any name: its lock would be lost', async () => {
    await symlink(database.path, dir.file('link.csv'));
    await link(database.path, dir.file('hard.csv'));
    for (const name of ['my-shop-dev.duckdb', 'link.csv', 'hard.csv']) {
      await expect(importFile(dir.file(name), { format: 'csv' })).rejects.toMatchObject({
        code: 'STORAGE_INVALID_INPUT',
      });
    }
    const probe = await startLockProbe();
    expect(await probe.holderOf(database.path)).toBe(process.pid);
  });

  it('leaves nothing in the work folder', async () => {
    expect(
      (await readdir(dir.file('my-shop-dev.work'))).filter((name) => name.startsWith('import')),
    ).toEqual([]);
  });
});
