import { beforeAll, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { writeFile } from 'node:fs/promises';
import { startLockProbe, type LockProbe } from '../../test/support/lock-probe.js';
import { rows } from '../../test/support/look-ups.js';
import { openStore } from '../../test/support/open-store.js';
import type { Database, QueryReadOnlyOptions } from '../index.js';

async function run(
  database: Database,
  sql: string,
  options?: QueryReadOnlyOptions,
): Promise<{ columns: unknown; rows: unknown[][]; batches: number; truncated: boolean }> {
  const result = await database.queryReadOnly(sql, options);
  const all: unknown[][] = [];
  let batches = 0;
  for await (const batch of result.rows) {
    batches += 1;
    all.push(...batch.map((row) => [...row]));
  }
  return { columns: result.columns, rows: all, batches, truncated: result.truncated() };
}

describe('queryReadOnly', () => {
  const dir = useTempDir({ per: 'file' });
  let database: Database;
  let probe: LockProbe;
  beforeAll(async () => {
    database = await openStore(dir, { readTimeoutMs: 20_000 });
    probe = await startLockProbe();
    await database.upsertService({
      id: 'checkout',
      name: 'Checkout',
      appId: 'shop',
      agentId: 'a1',
    });
    await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy', details: { n: 1 } });
    await writeFile(dir.file('table.csv'), 'a,b\n1,2\n');
  });

  /** Nothing was written, and no other process can take the file. */
  async function expectUnharmed() {
    expect(await database.listServices()).toMatchObject([{ id: 'checkout', name: 'Checkout' }]);
    expect(await database.listEvents()).toMatchObject([{ id: 1, details: { n: 1 } }]);
    expect(await probe.holderOf(database.path)).toBe(process.pid);
  }

  const nest = (open: string, inner: string, close: string, depth: number) =>
    open.repeat(depth) + inner + close.repeat(depth);

  describe('runs', () => {
    it.each<[string, unknown[][]]>([
      ['SELECT 1', [[1]]],
      ['select 1;', [[1]]],
      ['SELECT 1;;', [[1]]],
      ['  \n\t SELECT 1', [[1]]],
      ['-- first\nSELECT 1 -- last', [[1]]],
      ['/* a /* nested */ comment */ SELECT 1', [[1]]],
      ['FROM range(3)', [[0], [1], [2]]],
      ['VALUES (1), (2)', [[1], [2]]],
      ['TABLE services LIMIT 0', []],
      ['WITH x AS (SELECT 1 AS n) SELECT n FROM x', [[1]]],
      [
        'WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3) FROM t',
        [[1], [2], [3]],
      ],
      ['SELECT id FROM services', [['checkout']]],
      ['SELECT id FROM main.services', [['checkout']]],
      ['SELECT id FROM "my-shop-dev".main.services AS s', [['checkout']]],
      ['SELECT (SELECT count(*) FROM events)', [[1]]],
      [
        'SELECT s.id, e.n FROM services s, LATERAL (SELECT count(*) AS n FROM events) e',
        [['checkout', 1]],
      ],
      [`SELECT json_extract(details, '$.n')::INTEGER FROM events`, [[1]]],
      [`SELECT value FROM json_each('[7]')`, [['7']]],
      [
        'PIVOT events ON event_type IN (deploy) USING count(*) GROUP BY service_id',
        [['checkout', 1]],
      ],
      ['SELECT unnest([1, 2])', [[1], [2]]],
      ['SELECT list_transform([1, 2], lambda x: x + 1)', [[[2, 3]]]],
      [`SELECT name FROM pragma_table_info('services') LIMIT 1`, [['id']]],
      [`SELECT current_setting('TimeZone')`, [['UTC']]],
      [`SELECT 'a;b', 'COMMIT; DELETE FROM services'`, [['a;b', 'COMMIT; DELETE FROM services']]],
      [`SELECT '/etc/passwd' AS "not/a.path"`, [['/etc/passwd']]],
    ])('%s', async (sql, expected) => {
      expect((await run(database, sql)).rows).toEqual(expected);
    });

    it.each([
      'SHOW TABLES',
      'SHOW ALL TABLES',
      'SHOW DATABASES',
      'SHOW services',
      'DESCRIBE services',
      'describe select 1',
      'SUMMARIZE services',
      'SELECT * FROM (DESCRIBE services)',
      'SELECT * FROM duckdb_indexes()',
      'FROM duckdb_settings()',
      'FROM information_schema.tables',
      'FROM sqlite_master',
      'FROM pragma_database_size()',
      'EXPLAIN SELECT * FROM services',
      '  explain\tanalyze\nSELECT * FROM services',
      `SELECT ${'1 + '.repeat(400)}1`,
      nest('SELECT * FROM (', 'SELECT 1', ')', 50),
      `SELECT 1 WHERE 1 IN (${Array(10_000).fill('1').join(',')})`,
      `SELECT '${'x'.repeat(65_000)}'`,
      `SELECT ${'x'.repeat(1)} FROM (SELECT 1 AS x)`,
    ])('%.60s', async (sql) => {
      expect((await run(database, sql)).rows.length).toBeGreaterThan(0);
    });

    it('names columns and their types, also when two have one name', async () => {
      const { columns } = await run(
        database,
        'SELECT 1 AS a, 2.5::DECIMAL(5,1) AS a, [now()] AS "b c"',
      );
      expect(columns).toEqual([
        { name: 'a', type: 'INTEGER' },
        { name: 'a', type: 'DECIMAL(5,1)' },
        { name: 'b c', type: 'TIMESTAMP WITH TIME ZONE[]' },
      ]);
    });
  });

  describe('refuses', () => {
    const file = () => database.path;
    const invalid = 'STORAGE_SQL_INVALID';
    const refused = 'STORAGE_SQL_REFUSED';
    const input = 'STORAGE_INVALID_INPUT';

    it.each<[string, string | (() => string), string]>([
      // Writes and definitions
      ['an insert', `INSERT INTO services SELECT * FROM services`, refused],
      [
        'an insert that returns rows',
        `INSERT INTO events VALUES (9, now(), 'a', 'b', NULL, NULL) RETURNING id`,
        refused,
      ],
      ['an update', `UPDATE services SET name = 'x'`, refused],
      ['a delete', 'DELETE FROM services', refused],
      ['a truncate', 'TRUNCATE services', refused],
      [
        'a merge',
        'MERGE INTO services USING events ON false WHEN NOT MATCHED THEN INSERT DEFAULT VALUES',
        refused,
      ],
      ['a drop', 'DROP TABLE services', refused],
      ['an alter', 'ALTER TABLE services ADD COLUMN x INTEGER', refused],
      ['a create', 'CREATE TABLE x (a INTEGER)', refused],
      ['a create from a query', 'CREATE TABLE x AS SELECT 1', refused],
      ['a temporary table', 'CREATE TEMP TABLE x AS SELECT 1', refused],
      ['a view', 'CREATE VIEW x AS SELECT 1', refused],
      ['a macro', 'CREATE MACRO f() AS 1', refused],
      ['a secret', `CREATE SECRET (TYPE s3)`, refused],
      ['a sequence’s next value', `SELECT nextval('events_id_sequence')`, refused],
      [
        'a sequence’s next value by its whole name',
        `SELECT main.nextval('events_id_sequence')`,
        refused,
      ],
      [
        'a sequence’s next value in a lambda',
        `SELECT list_transform(['events_id_sequence'], lambda x: nextval(x))`,
        refused,
      ],
      ['a write in a CTE', 'WITH x AS (DELETE FROM services RETURNING *) SELECT * FROM x', invalid],
      ['a log entry', `SELECT write_log('x')`, refused],
      // More than one statement
      ['two statements', 'SELECT 1; SELECT 2', refused],
      ['a commit before a delete', 'COMMIT; DELETE FROM services', refused],
      ['a delete behind a query', 'SELECT 1; DELETE FROM services', refused],
      ['a delete behind a comment', 'SELECT 1 /* ; */ ; DELETE FROM services', refused],
      ['a delete after a line comment', '-- SELECT 1\nDELETE FROM services', refused],
      [
        'a pivot that needs a second statement',
        'PIVOT events ON event_type USING count(*)',
        refused,
      ],
      // The session and the instance
      ['a setting', 'SET threads = 1', refused],
      ['a global setting', `SET GLOBAL enable_external_access = true`, refused],
      ['a reset', 'RESET lock_configuration', refused],
      ['a pragma', 'PRAGMA enable_profiling', refused],
      ['a pragma with a value', `PRAGMA memory_limit = '1GB'`, refused],
      ['a transaction', 'BEGIN', refused],
      ['a commit', 'COMMIT', refused],
      ['a rollback', 'ROLLBACK', refused],
      ['a checkpoint', 'CHECKPOINT', refused],
      ['a checkpoint as a function', 'FROM checkpoint()', refused],
      ['a forced checkpoint as a function', 'FROM force_checkpoint()', refused],
      ['another database', 'USE memory', refused],
      ['a call', `CALL pragma_version()`, refused],
      ['logging as a function', `FROM enable_logging()`, refused],
      ['a prepared statement', 'PREPARE p AS SELECT 1', refused],
      ['a vacuum', 'VACUUM', refused],
      ['an extension', 'INSTALL httpfs', refused],
      ['loading an extension', 'LOAD httpfs', refused],
      ['a variable', 'SET VARIABLE x = 1', refused],
      // EXPLAIN
      ['explaining a delete', 'EXPLAIN DELETE FROM services', refused],
      ['explaining a delete by doing it', 'EXPLAIN ANALYZE DELETE FROM services', refused],
      ['the same with a comment between', 'EXPLAIN/**/ANALYZE DELETE FROM services', refused],
      ['the same in parentheses', 'EXPLAIN (ANALYZE) DELETE FROM services', invalid],
      ['explaining twice', 'EXPLAIN ANALYZE EXPLAIN ANALYZE DELETE FROM services', refused],
      ['explaining nothing', 'EXPLAIN', invalid],
      // Files by function
      ['read_text', `FROM read_text('/etc/passwd')`, refused],
      ['read_blob', `FROM read_blob('/etc/passwd')`, refused],
      ['read_csv', `FROM read_csv('table.csv')`, refused],
      ['read_csv in strange letters', `FrOm ReAd_CsV ( 'table.csv' )`, refused],
      ['read_csv by its whole name', `FROM system.main.read_csv('table.csv')`, refused],
      ['"read_csv" in quotes', `FROM "read_csv"('table.csv')`, refused],
      ['read_json', `FROM read_json_auto('x.json')`, refused],
      ['read_parquet', `FROM read_parquet('x.parquet')`, refused],
      [
        'read_duckdb of the file itself',
        () => `FROM read_duckdb('${file()}', table_name = 'services')`,
        refused,
      ],
      ['parquet_metadata', `FROM parquet_metadata('x.parquet')`, refused],
      ['sniff_csv', `FROM sniff_csv('table.csv')`, refused],
      ['glob', `FROM glob('*')`, refused],
      ['read_text in a CTE', `WITH x AS (FROM read_text('/etc/passwd')) FROM x`, refused],
      ['read_text in a subquery', `SELECT (SELECT content FROM read_text('/etc/passwd'))`, refused],
      [
        'read_text in a lateral join',
        `FROM services s, LATERAL (SELECT * FROM read_text(s.id))`,
        refused,
      ],
      ['read_text in EXISTS', `SELECT 1 WHERE EXISTS (FROM read_text('/etc/passwd'))`, refused],
      [
        'read_text in an ORDER BY',
        `SELECT 1 ORDER BY (SELECT content FROM read_text('/etc/passwd'))`,
        refused,
      ],
      [
        'read_text behind UNION',
        `SELECT 'a' UNION ALL SELECT content FROM read_text('/etc/passwd')`,
        refused,
      ],
      [
        'read_text in a recursive CTE',
        `WITH RECURSIVE t AS (SELECT 'a' AS c UNION ALL SELECT content FROM read_text('/etc/passwd')) FROM t`,
        refused,
      ],
      ['read_text under DESCRIBE', `DESCRIBE SELECT * FROM read_text('/etc/passwd')`, refused],
      [
        'read_text under EXPLAIN',
        `EXPLAIN ANALYZE SELECT * FROM read_text('/etc/passwd')`,
        refused,
      ],
      // Functions that run text as SQL
      ['query()', `FROM query('SELECT 1')`, refused],
      ['query_table()', `FROM query_table('services')`, refused],
      [
        'json_execute_serialized_sql()',
        `FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))`,
        refused,
      ],
      ['a macro that looks a name up', () => `FROM histogram_values('${file()}', name)`, refused],
      ['another macro that does', () => `FROM histogram('${file()}', name)`, refused],
      ['a scan of an address', 'FROM arrow_scan(1, 2, 3)', refused],
      // Files by name
      ['a file in FROM', `FROM '/etc/passwd'`, refused],
      ['a file next to the database', `FROM 'table.csv'`, refused],
      ['a file under SUMMARIZE', `SUMMARIZE 'table.csv'`, refused],
      ['a file under DESCRIBE', `DESCRIBE 'table.csv'`, refused],
      ['a file split at its dot', 'FROM "table".csv', refused],
      ['a web address', `FROM 'https://example.com/x.parquet'`, refused],
      ['the database in FROM', () => `FROM '${file()}'`, refused],
      ['the database under SUMMARIZE', () => `SUMMARIZE '${file()}'`, refused],
      ['the database under DESCRIBE', () => `DESCRIBE '${file()}'`, refused],
      ['the database under SHOW', () => `SHOW "${file()}"`, refused],
      ['the database in a subquery', () => `SELECT (SELECT count(*) FROM '${file()}')`, refused],
      ['the database in a join', () => `FROM services JOIN '${file()}' USING (id)`, refused],
      [
        'the database split at its dot',
        () => `FROM "${file().replace(/\.duckdb$/, '')}".duckdb`,
        refused,
      ],
      [
        'the database split and under DESCRIBE',
        () => `DESCRIBE "${file().replace(/\.duckdb$/, '')}"."duckdb"`,
        refused,
      ],
      ['the database by its bare name', `FROM "my-shop-dev".duckdb`, refused],
      ['the database as an address', () => `FROM 'file://${file()}'`, refused],
      ['the database by a detour', () => `FROM '${dir.path}/./x/../my-shop-dev.duckdb'`, refused],
      ['the log of the database', () => `FROM '${file()}.wal'`, refused],
      ['the log, split', () => `FROM "${file()}".wal`, refused],
      ['the lock of the database', () => `FROM '${file()}.lock'`, refused],
      ['writing a file', `COPY services TO 'out.csv'`, refused],
      ['reading a file into a table', `COPY services FROM 'table.csv'`, refused],
      ['exporting', `EXPORT DATABASE 'out'`, refused],
      ['importing', `IMPORT DATABASE 'out'`, refused],
      ['attaching another database', `ATTACH 'other.duckdb'`, refused],
      ['attaching this one', () => `ATTACH '${file()}' AS again`, refused],
      ['attaching memory', `ATTACH ':memory:' AS m`, refused],
      ['detaching this one', 'DETACH "my-shop-dev"', refused],
      ['secrets, which stand in files', 'FROM duckdb_secrets()', refused],
      // What would end the process, by recursion in DuckDB
      ['json_structure', `SELECT json_structure('${nest('[', '', ']', 100)}')`, refused],
      ['JSON_STRUCTURE by its whole name', `SELECT main.JSON_STRUCTURE('[]')`, refused],
      ['json_merge_patch', `SELECT json_merge_patch('{}', '{}')`, refused],
      ['json_contains', `SELECT json_contains('[]', '1')`, refused],
      ['json_group_structure', `SELECT json_group_structure(details) FROM events`, refused],
      [
        'a cast to VARIANT',
        `SELECT (repeat('[', 30000) || repeat(']', 30000))::JSON::VARIANT`,
        refused,
      ],
      ['a cast to a list of "variant"', `SELECT TRY_CAST([] AS "variant"[])`, refused],
      // Nonsense and excess
      ['nothing', '', invalid],
      ['blanks', ' \n ', invalid],
      ['a semicolon', ';', invalid],
      ['a comment alone', '-- SELECT 1', invalid],
      ['no SQL', 'hello', invalid],
      ['an unfinished text', `SELECT 'abc`, invalid],
      ['an unknown table', 'SELECT * FROM nowhere', invalid],
      ['a parameter', 'SELECT ?', invalid],
      ['10,000 parentheses', `SELECT ${nest('(', '1', ')', 10_000)}`, invalid],
      ['10,000 list brackets', `SELECT ${nest('[', '1', ']', 10_000)}`, invalid],
      ['8,000 subqueries', nest('FROM (', 'services', ')', 8_000), invalid],
      ['10,000 additions', `SELECT 1${'+1'.repeat(10_000)}`, invalid],
      ['10,000 minus signs', `SELECT ${'- '.repeat(10_000)}1`, invalid],
      ['10,000 casts', `SELECT 1${'::INT'.repeat(10_000)}`, invalid],
      ['65,537 characters', `SELECT '${'x'.repeat(65_528)}'`, input],
      ['a NUL', `SELECT 1 \0; DELETE FROM services`, input],
      ['half a surrogate pair', `SELECT '\ud800'`, input],
      ['no text', undefined as unknown as string, input],
    ])('%s', async (_, sql, code) => {
      const text = typeof sql === 'function' ? sql() : sql;
      await expect(run(database, text)).rejects.toMatchObject({ code });
      await expectUnharmed();
    });

    it('a delete in a read-only transaction too, should the check ever miss it', async () => {
      // The wall behind the check, tried from within: the statement is never seen by the check.
      const { startReadOnly } = await import('../duckdb/row-stream.js');
      const { Instance } = await import('../duckdb/instance.js');
      const instance = await Instance.open(':memory:', { memoryLimitBytes: 64e6, threads: 1 });
      const connection = await instance.connect();
      await connection.execute('CREATE TABLE t AS SELECT 1 AS x');
      await expect(startReadOnly(connection, 'DELETE FROM t')).rejects.toMatchObject({
        code: 'STORAGE_SQL_REFUSED',
      });
      await connection.execute('ROLLBACK');
      expect(await connection.query('FROM t')).toEqual([{ x: 1 }]);
      connection.close();
      instance.close();
    });
  });

  describe('cuts the result', () => {
    it('not at all when there are exactly as many rows as allowed', async () => {
      const { rows: found, truncated } = await run(database, 'FROM range(10)', { maxRows: 10 });
      expect(found).toHaveLength(10);
      expect(truncated).toBe(false);
    });

    it('when there is one row more than allowed', async () => {
      const { rows: found, truncated } = await run(database, 'FROM range(11)', { maxRows: 10 });
      expect(found).toHaveLength(10);
      expect(truncated).toBe(true);
    });

    it.each([
      [2047, true],
      [2048, true],
      [2049, true],
      [4096, true],
      [9999, true],
      [10_000, false],
      [10_001, false],
    ])('of 10,000 rows to %d at the edges of DuckDB’s chunks', async (maxRows, isTruncated) => {
      const result = await run(database, 'FROM range(10000)', { maxRows });
      expect(result.rows).toHaveLength(Math.min(maxRows, 10_000));
      expect(result.rows.at(-1)).toEqual([Math.min(maxRows, 10_000) - 1]);
      expect(result.truncated).toBe(isTruncated);
    });

    it('at 100,000 rows when nothing is said', async () => {
      const result = await run(database, 'FROM range(100001)');
      expect(result.rows).toHaveLength(100_000);
      expect(result.truncated).toBe(true);
    });

    it('without computing the rest', async () => {
      const { rows: found } = await run(database, 'FROM range(1000000000000)', { maxRows: 5 });
      expect(found).toHaveLength(5);
    });

    it.each([0, -1, 1.5, NaN, 2_147_483_648])('never to %d rows', async (maxRows) => {
      await expect(run(database, 'SELECT 1', { maxRows })).rejects.toMatchObject({
        code: 'STORAGE_INVALID_INPUT',
        details: { field: 'maxRows' },
      });
    });
  });

  it('gives rows in batches, and an empty result as none', async () => {
    expect((await run(database, 'FROM range(5000)')).batches).toBeGreaterThan(1);
    expect(await run(database, 'SELECT 1 WHERE false')).toMatchObject({ rows: [], batches: 0 });
  });

  it('fails in the middle when a later row cannot be computed', async () => {
    const sql = `SELECT CASE WHEN range = 9000 THEN error('row 9000') END FROM range(10000)`;
    await expect(run(database, sql)).rejects.toMatchObject({ code: 'STORAGE_SQL_INVALID' });
    await database.ping();
  });

  it('sees what was committed before it began', async () => {
    const before = await rows(database, 'SELECT count(*) FROM baselines');
    await database.putBaseline({ serviceId: 'a', metricName: 'b', timeWindow: '1h' });
    expect(before).toEqual([[0]]);
    expect(await rows(database, 'SELECT count(*) FROM baselines')).toEqual([[1]]);
  });
});

describe('the connection of a query', () => {
  const dir = useTempDir();
  /** With one reader, every leak makes the next read wait until its deadline. */
  const openNarrow = () => openStore(dir, { maxReaders: 1, readTimeoutMs: 10_000 });
  const endless = 'SELECT count(*) FROM range(1000000000000)';

  it('is given back when the reader stops early', async () => {
    const database = await openNarrow();
    for (let round = 0; round < 5; round += 1) {
      const { rows: batches } = await database.queryReadOnly('FROM range(1000000000)');
      for await (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
    }
    await database.listServices();
  });

  it('is given back when the reader throws', async () => {
    const database = await openNarrow();
    const reading = async () => {
      const { rows: batches } = await database.queryReadOnly('FROM range(1000000000)');
      for await (const batch of batches) throw new RangeError(`${batch.length}`);
    };
    await expect(reading()).rejects.toThrow(RangeError);
    await database.listServices();
  });

  it('is given back after every kind of failure', async () => {
    const database = await openNarrow();
    for (const sql of ['SELEC', 'SELECT x', 'DELETE FROM services', `SELECT error('x')`, '']) {
      await expect(database.queryReadOnly(sql)).rejects.toMatchObject({ name: 'StorageError' });
    }
    await database.listServices();
  });

  it('is given back at the deadline when nobody reads, and the reader then learns of it', async () => {
    const database = await openNarrow();
    const result = await database.queryReadOnly('FROM range(1000000000)', { timeoutMs: 100 });
    await database.listServices(); // Waits until the first has given up.
    const next = result.rows[Symbol.asyncIterator]().next();
    await expect(next).rejects.toMatchObject({ code: 'STORAGE_TIMEOUT' });
  });

  it('is given back at the deadline when a reader pauses in the middle', async () => {
    const database = await openNarrow();
    const result = await database.queryReadOnly('FROM range(1000000000)', { timeoutMs: 100 });
    const iterator = result.rows[Symbol.asyncIterator]();
    await iterator.next();
    await database.listServices();
    await expect(iterator.next()).rejects.toMatchObject({ code: 'STORAGE_TIMEOUT' });
  });

  it('is given back at the deadline when the query does not end', async () => {
    const database = await openNarrow();
    await expect(database.queryReadOnly(endless, { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'STORAGE_TIMEOUT',
      details: { timeoutMs: 100 },
    });
    await database.listServices();
  });

  it('is given back when the caller cancels', async () => {
    const database = await openNarrow();
    const caller = new AbortController();
    const running = database.queryReadOnly(endless, { signal: caller.signal });
    const cancelled = expect(running).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    await new Promise((resolve) => setImmediate(resolve));
    caller.abort();
    await cancelled;
    await database.listServices();
  });

  it('is given back when the caller cancels between two batches', async () => {
    const database = await openNarrow();
    const caller = new AbortController();
    const { signal } = caller;
    const result = await database.queryReadOnly('FROM range(1000000000)', { signal });
    const iterator = result.rows[Symbol.asyncIterator]();
    await iterator.next();
    caller.abort();
    await expect(iterator.next()).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    await database.listServices();
  });

  it('is never taken when the caller has cancelled before', async () => {
    const database = await openNarrow();
    await expect(
      database.queryReadOnly(endless, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    await database.listServices();
  });

  it('does not hold up writes, nor a checkpoint, while it is read slowly', async () => {
    const database = await openNarrow();
    const result = await database.queryReadOnly('FROM range(1000000000)');
    const iterator = result.rows[Symbol.asyncIterator]();
    await iterator.next();
    await database.recordEvent({ serviceId: 'a', eventType: 'b' });
    await iterator.return?.();
    await database.checkpoint();
  });

  it.each([0, -1, 1.5, NaN, Infinity, 2 ** 31])('has no deadline of %d ms', async (timeoutMs) => {
    const database = await openNarrow();
    await expect(database.queryReadOnly('SELECT 1', { timeoutMs })).rejects.toMatchObject({
      code: 'STORAGE_INVALID_INPUT',
      details: { field: 'timeoutMs' },
    });
  });
});
