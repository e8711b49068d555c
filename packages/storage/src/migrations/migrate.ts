import type { Connection } from '../duckdb/connection.js';
import { toStorageError } from '../duckdb/duckdb-error.js';
import { checksumOf, planMigrations, type AppliedMigration } from './plan.js';
import type { Migration } from './migration.js';

/**
 * Brings the file's schema up to date: one transaction per migration, with its row in
 * `schema_version`.
 *
 * A CHECKPOINT follows each, since a crash between dropping and recreating an index and the next
 * checkpoint would leave a stale one. A file without a schema gets all of them in one transaction: half
 * of them are worth nothing, and it would grow to three times its size by checkpoints in between.
 *
 * @returns the versions applied now, [] when the file was current
 * @throws {StorageError} what {@link planMigrations} throws, or the failing statement's error
 */
export async function migrate(
  connection: Connection,
  known: readonly Migration[],
  now: Date,
): Promise<number[]> {
  const applied = await readApplied(connection);
  const pending = planMigrations(applied, known);
  if (applied.length === 0) {
    // One call, in which DuckDB's threads go on whatever the caller's does meanwhile.
    const schema = pending.flatMap(({ statements }) => statements).join(';\n');
    await apply(connection, pending, [schema], now);
  } else {
    for (const migration of pending) {
      await apply(connection, [migration], migration.statements, now);
      await connection.execute('CHECKPOINT');
    }
  }
  return pending.map(({ version }) => version);
}

/** The rows of `schema_version`, in order; [] in a file without a schema. */
export async function readApplied(connection: Connection): Promise<AppliedMigration[]> {
  const [found] = await connection.query(
    `SELECT count(*) AS tables FROM duckdb_tables() WHERE table_name = 'schema_version'`,
  );
  if (found?.['tables'] === 0) return [];
  const rows = await connection.query(
    'SELECT version, name, checksum FROM schema_version ORDER BY version',
  );
  return rows as unknown as AppliedMigration[];
}

/** Runs the statements of some migrations, and notes these, in one transaction. */
async function apply(
  connection: Connection,
  migrations: readonly Migration[],
  statements: readonly string[],
  now: Date,
): Promise<void> {
  await connection.execute('BEGIN TRANSACTION');
  try {
    for (const statement of statements) await connection.execute(statement);
    for (const migration of migrations) {
      await connection.run(
        'INSERT INTO schema_version (version, applied_at, name, checksum) VALUES (?, ?, ?, ?)',
        [migration.version, now, migration.name, checksumOf(migration)],
      );
    }
    await connection.execute('COMMIT');
  } catch (reason) {
    await connection.execute('ROLLBACK').catch(() => undefined); // The first error leads.
    const which = migrations.map(({ version, name }) => `${version} (${name})`).join(', ');
    throw toStorageError(reason, `apply migration ${which}`);
  }
}
