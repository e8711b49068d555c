import { beforeAll, describe, expect, it } from '@jest/globals';
import { onTestEnd, spawnProcess, useTempDir } from '@coral/testkit';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { truncate, writeFile } from 'node:fs/promises';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { buildProgram } from '../../test/support/build-program.js';
import { StorageError, type StorageErrorCode } from '../index.js';
import { toStorageError } from './duckdb-error.js';

const dir = useTempDir();

describe('toStorageError', () => {
  describe('of errors about a statement', () => {
    let connection: DuckDBConnection;
    beforeAll(async () => {
      const instance = await DuckDBInstance.create(':memory:', { memory_limit: '64MB' });
      connection = await instance.connect();
      await connection.run('CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL)');
      await connection.run(`INSERT INTO t VALUES (1, 'one')`);
      onTestEnd(() => {
        connection.closeSync();
        instance.closeSync();
      });
    });

    const codeOf = async (sql: string): Promise<StorageErrorCode> => {
      const reason: unknown = await connection.run(sql).then(
        () => undefined,
        (error: unknown) => error,
      );
      const error = toStorageError(reason, 'run it');
      expect(error.cause).toBe(reason);
      expect(error.details['fatal']).toBeUndefined();
      return error.code;
    };

    it.each([
      ['a syntax error', 'SELEC 1'],
      ['an unknown column', 'SELECT nothing FROM t'],
      ['an unknown table', 'SELECT * FROM nowhere'],
      ['a value that does not convert', `SELECT 'x'::INTEGER`],
      ['a value out of range', 'SELECT 2147483647 + 1::INTEGER'],
      ['an unset parameter', 'SELECT ?'],
      ['an error of the SQL’s own', `SELECT error('mine')`],
      ['a function that does not exist', 'SELECT no_such_function(1)'],
    ])('is STORAGE_SQL_INVALID for %s', async (_, sql) => {
      expect(await codeOf(sql)).toBe('STORAGE_SQL_INVALID');
    });

    it.each([
      ['a table called corrupt', 'SELECT * FROM corrupt'],
      ['a column called checksum', 'SELECT checksum FROM t'],
      ['text about a full disk', `SELECT 'No space left on device'::INTEGER`],
      ['text about a lock', `SELECT 'Conflicting lock is held'::INTEGER`],
      ['text about a fatal error', `SELECT 'database has been invalidated' FROM nowhere`],
      ['text like a prefix', `SELECT error('FATAL Error: over')`],
      ['a comment', `SELECT 1 + /* not a valid DuckDB database file */ 'x'::INTEGER`],
    ])('is not misled by %s that the message quotes', async (_, sql) => {
      expect(await codeOf(sql)).toBe('STORAGE_SQL_INVALID');
    });

    it.each([
      ['a duplicate key', `INSERT INTO t VALUES (1, 'again')`],
      ['a NULL where none may be', 'INSERT INTO t VALUES (2, NULL)'],
    ])('is STORAGE_CONSTRAINT for %s', async (_, sql) => {
      expect(await codeOf(sql)).toBe('STORAGE_CONSTRAINT');
    });

    it('is STORAGE_OUT_OF_MEMORY for a query beyond the limit', async () => {
      expect(await codeOf('SELECT list(i) FROM range(1000000000) t(i)')).toBe(
        'STORAGE_OUT_OF_MEMORY',
      );
    });

    it('is STORAGE_SQL_REFUSED for a write in a read-only transaction', async () => {
      await connection.run('BEGIN TRANSACTION READ ONLY');
      expect(await codeOf('DELETE FROM t')).toBe('STORAGE_SQL_REFUSED');
      await connection.run('ROLLBACK');
    });

    it('is STORAGE_CANCELLED for a statement that was interrupted', async () => {
      const running = codeOf('SELECT count(*) FROM range(1000000000000)');
      const interrupting = setInterval(() => connection.interrupt(), 5);
      expect(await running).toBe('STORAGE_CANCELLED');
      clearInterval(interrupting);
    });
  });

  it('is STORAGE_CONFLICT for two transactions that change the same row', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const [a, b] = [await instance.connect(), await instance.connect()];
    await a.run('CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1)');
    await a.run('BEGIN; UPDATE t SET n = 2');
    await expect(
      b
        .run('UPDATE t SET n = 3')
        .catch((reason: unknown) => Promise.reject(toStorageError(reason, 'x'))),
    ).rejects.toMatchObject({ code: 'STORAGE_CONFLICT' });
    for (const connection of [a, b]) connection.closeSync();
    instance.closeSync();
  });

  it('is STORAGE_SQL_REFUSED where files are closed off', async () => {
    const instance = await DuckDBInstance.create(':memory:', { enable_external_access: 'false' });
    const connection = await instance.connect();
    await expect(
      connection
        .run(`SELECT * FROM read_text('/etc/passwd')`)
        .catch((reason: unknown) => Promise.reject(toStorageError(reason, 'x'))),
    ).rejects.toMatchObject({ code: 'STORAGE_SQL_REFUSED' });
    connection.closeSync();
    instance.closeSync();
  });

  const openingFails = async (path: string) =>
    toStorageError(
      await DuckDBInstance.create(path).catch((reason: unknown) => reason),
      `open ${path}`,
    );

  it('is STORAGE_NOT_A_DATABASE for a file that is none', async () => {
    await writeFile(dir.file('x'), 'x'.repeat(10_000));
    expect((await openingFails(dir.file('x'))).code).toBe('STORAGE_NOT_A_DATABASE');
  });

  it.each([5_000, 20_000])('is STORAGE_CORRUPT for a file cut to %d bytes', async (bytes) => {
    await bareDuckdb(dir.file('x'), 'CREATE TABLE t AS FROM range(1000)');
    await truncate(dir.file('x'), bytes);
    expect((await openingFails(dir.file('x'))).code).toBe('STORAGE_CORRUPT');
  });

  it('is STORAGE_LOCKED with the pid for a file that another process has open', async () => {
    await bareDuckdb(dir.file('x.duckdb'), 'CREATE TABLE t AS FROM range(10)');
    const holder = await spawnProcess({
      command: process.execPath,
      args: [await buildProgram('lock-probe')],
      keepInputOpen: true,
    });
    holder.write(`hold ${dir.file('x.duckdb')}\n`);
    await holder.waitForOutput(/holding/);
    expect(await openingFails(dir.file('x.duckdb'))).toMatchObject({
      code: 'STORAGE_LOCKED',
      details: { pid: holder.pid },
    });
  });

  // Errors that cannot be produced on purpose, in the words DuckDB 1.5 has for them.
  it.each<[string, StorageErrorCode, boolean]>([
    [
      'FATAL Error: Failed: database has been invalidated because of a previous fatal error.\nOriginal error: "No space left on device"',
      'STORAGE_FATAL',
      true,
    ],
    [
      'FATAL Error: Invalid Input Error: Failed to delete all rows from index. Only deleted 0 out of 1 rows.',
      'STORAGE_FATAL',
      true,
    ],
    [
      'FATAL Error: Failed to create checkpoint because of error: Could not write file "/x": No space left on device',
      'STORAGE_DISK_FULL',
      true,
    ],
    [
      'TransactionContext Error: Failed to commit: Could not write file "/x.wal": No space left on device',
      'STORAGE_DISK_FULL',
      false,
    ],
    [
      'TransactionContext Error: Failed to commit: write-write conflict on key: "1"',
      'STORAGE_CONFLICT',
      false,
    ],
    ['Binder Error: Failure while replaying WAL file "/x.wal": …', 'STORAGE_CORRUPT', false],
    [
      'INTERNAL Error: Attempted to dereference unique_ptr that is NULL!',
      'STORAGE_INTERNAL',
      false,
    ],
    ['Something Nobody Expected', 'STORAGE_INTERNAL', false],
  ])('takes %j for %s', (message, code, fatal) => {
    const error = toStorageError(new Error(message), 'write');
    expect(error.code).toBe(code);
    expect(error.details).toEqual(fatal ? { fatal: true } : {});
  });

  it('returns an error of ours as it is', () => {
    const error = new StorageError('STORAGE_TIMEOUT', 'Too long.');
    expect(toStorageError(error, 'anything')).toBe(error);
  });

  it.each([undefined, null, 5, 'text', {}])('makes an error even of %p', (reason) => {
    expect(toStorageError(reason, 'write')).toMatchObject({
      name: 'StorageError',
      code: 'STORAGE_INTERNAL',
    });
  });

  it('says what was done and what to do', () => {
    const error = toStorageError(new Error('Constraint Error: Duplicate key'), 'record the event');
    expect(error.message).toMatch(
      /^Cannot record the event: Constraint Error: Duplicate key .+\.$/,
    );
  });
});
