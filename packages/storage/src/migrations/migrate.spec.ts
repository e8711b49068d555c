import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { connect } from '../../test/support/connect.js';
import { openStore } from '../../test/support/open-store.js';
import type { Connection } from '../duckdb/connection.js';
import { openDatabase, schemaVersion } from '../index.js';
import { schemaVersionDdl } from '../schema/tables/schema-version.js';
import { initial } from './0001-initial.js';
import { migrate } from './migrate.js';
import type { Migration } from './migration.js';

const dir = useTempDir();
const now = new Date('2026-01-01T00:00:00Z');

const first: Migration = {
  version: 1,
  name: 'first',
  statements: [schemaVersionDdl, 'CREATE TABLE a (x INTEGER)', 'INSERT INTO a VALUES (1)'],
};
const second: Migration = {
  version: 2,
  name: 'second',
  statements: ['CREATE TABLE b AS SELECT x + 1 AS x FROM a', 'UPDATE a SET x = 10'],
};

const openConnection = () => connect(dir.file('m.duckdb'));

const versionsOf = async (connection: Connection) =>
  (await connection.query('SELECT version FROM schema_version ORDER BY version')).map(
    (row) => row['version'],
  );

describe('migrate', () => {
  it('applies what is missing, in order, and notes it', async () => {
    const connection = await openConnection();
    expect(await migrate(connection, [first, second], now)).toEqual([1, 2]);
    expect(await connection.query('SELECT a.x AS a, b.x AS b FROM a, b')).toEqual([
      { a: 10, b: 2 },
    ]);
    expect(
      await connection.query('SELECT version, name, applied_at FROM schema_version ORDER BY ALL'),
    ).toEqual([
      { version: 1, name: 'first', applied_at: now },
      { version: 2, name: 'second', applied_at: now },
    ]);
  });

  it('does nothing the second time', async () => {
    const connection = await openConnection();
    await migrate(connection, [first, second], now);
    expect(await migrate(connection, [first, second], now)).toEqual([]);
    expect(await connection.query('SELECT x FROM a')).toEqual([{ x: 10 }]);
  });

  it('continues from an older version', async () => {
    const connection = await openConnection();
    await migrate(connection, [first], now);
    expect(await migrate(connection, [first, second], now)).toEqual([2]);
  });

  it('leaves an upgrade in the file itself: a crash right after it needs no log', async () => {
    const connection = await openConnection();
    await migrate(connection, [first], now);
    await migrate(connection, [first, second], now);
    expect(await readdir(dir.path)).toEqual(['m.duckdb']);
  });

  const failing: Migration = {
    ...second,
    statements: [...second.statements, 'INSERT INTO nowhere VALUES (1)'],
  };

  it('rolls a failing migration back whole and keeps those before it', async () => {
    const connection = await openConnection();
    await migrate(connection, [first], now);
    await expect(migrate(connection, [first, failing], now)).rejects.toMatchObject({
      code: 'STORAGE_SQL_INVALID',
    });
    expect(await versionsOf(connection)).toEqual([1]);
    expect(await connection.query('SELECT x FROM a')).toEqual([{ x: 1 }]);
    expect(await connection.query(`FROM duckdb_tables() WHERE table_name = 'b'`)).toEqual([]);
  });

  it('makes the first schema as a whole or not at all', async () => {
    const connection = await openConnection();
    await expect(migrate(connection, [first, failing], now)).rejects.toMatchObject({
      code: 'STORAGE_SQL_INVALID',
    });
    expect(await connection.query('FROM duckdb_tables()')).toEqual([]);
  });

  it('can be repeated once the failure is mended', async () => {
    const connection = await openConnection();
    await migrate(connection, [first], now);
    await expect(migrate(connection, [first, failing], now)).rejects.toThrow();
    expect(await migrate(connection, [first, second], now)).toEqual([2]);
  });
});

describe('a file with another schema', () => {
  const hashOf = async (file: string) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');

  it('is refused when it is newer, with not a byte changed', async () => {
    const database = await openStore(dir);
    await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    await database.close();
    const next = schemaVersion + 1;
    await bareDuckdb(
      database.path,
      `INSERT INTO schema_version VALUES (${next}, TIMESTAMP '2030-01-01', 'future', 'unknown')`,
    );
    const before = await hashOf(database.path);
    const options = { storagePath: dir.path, colonyId: 'my-shop-dev' };
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(openDatabase(options)).rejects.toMatchObject({
        code: 'STORAGE_SCHEMA_NEWER',
        details: { found: next, known: schemaVersion },
      });
    }
    expect(await hashOf(database.path)).toBe(before);
    expect(await readdir(dir.path)).toEqual(['my-shop-dev.duckdb']);
  });

  it('opens again once the newer version is gone, and holds its rows', async () => {
    const database = await openStore(dir);
    await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    await database.close();
    const next = schemaVersion + 1;
    await bareDuckdb(
      database.path,
      `INSERT INTO schema_version VALUES (${next}, TIMESTAMP '2030-01-01', 'future', 'unknown')`,
    );
    await expect(openStore(dir)).rejects.toMatchObject({ code: 'STORAGE_SCHEMA_NEWER' });
    await bareDuckdb(database.path, `DELETE FROM schema_version WHERE version = ${next}`);
    const again = await openStore(dir);
    expect(await again.getRecentEvents('checkout')).toHaveLength(1);
  });

  it('is refused when a migration in it is not ours', async () => {
    const database = await openStore(dir);
    await database.close();
    await bareDuckdb(
      database.path,
      `UPDATE schema_version SET checksum = 'another' WHERE version = 1`,
    );
    await expect(openStore(dir)).rejects.toMatchObject({ code: 'STORAGE_MIGRATION_CHANGED' });
  });

  it('is brought up to date when it is older, and keeps its rows', async () => {
    const database = await openStore(dir);
    await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    await database.close();
    // Version 1 is what the first migration makes: taking away the rest makes such a file.
    const laterTables = await bareDuckdb(
      database.path,
      `SELECT table_name FROM duckdb_tables()
       WHERE NOT contains('${initial.statements.join(' ').replaceAll("'", "''")}', table_name || ' (')`,
    );
    expect(laterTables.flat()).toContain('points');
    await bareDuckdb(
      database.path,
      'DELETE FROM schema_version WHERE version > 1',
      ...laterTables.map(([table]) => `DROP TABLE ${String(table)}`),
    );
    const again = await openStore(dir);
    expect(again.recovery.migrationsApplied).toEqual(
      Array.from({ length: schemaVersion - 1 }, (_, index) => index + 2),
    );
    expect(await again.getRecentEvents('checkout')).toHaveLength(1);
  });
});
