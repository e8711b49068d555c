import { rm, stat } from 'node:fs/promises';
import type { Connection } from '../duckdb/connection.js';
import { quoted } from '../duckdb/instance.js';
import { queryInOtherProcess } from '../duckdb/other-process.js';
import type { Side } from '../lifecycle/side-connection.js';
import type { Progress } from '../progress.js';
import { completeHotTier } from '../tiers/complete-hot-tier.js';
import {
  fingerprintQuery,
  listTables,
  requireSame,
  toFingerprints,
  type Fingerprints,
} from './fingerprints.js';

/** What a verified copy holds. */
export interface DatabaseCopy {
  readonly sizeBytes: number;
  readonly tables: Fingerprints;
  /** Of the rows that are about a moment; undefined when there are none. */
  readonly timeRange: { readonly from: Date; readonly to: Date } | undefined;
  readonly duckdbVersion: string;
}

/** What the copy is called while it is attached. */
const copyName = 'coral_copy';
const progressEveryMs = 250;

/**
 * Copies the open database into a new file, as it is in one moment, while others write; then reads
 * the copy in another process and compares every row with that moment's.
 *
 * Keys, indexes, views and sequences are copied too. The file is removed when it fails.
 *
 * Cost: reads everything three times and writes it once.
 * `COPY FROM DATABASE` is a consistent snapshot under load.
 *
 * @param target a new file in the work folder
 * @throws {StorageError} `STORAGE_CANCELLED`, `STORAGE_DISK_FULL`, `STORAGE_CORRUPT`
 */
export async function copyDatabase(
  side: Side,
  { source, target }: { readonly source: string; readonly target: string },
  onProgress: (progress: Progress) => void,
): Promise<DatabaseCopy> {
  try {
    const { query, ...copy } = await copyAttached(side, { source, target }, onProgress);
    onProgress({ phase: 'verify', done: 0, unit: 'steps' });
    const found = await queryInOtherProcess(target, query, {
      answerFile: `${target}.json`,
      signal: side.signal,
    });
    requireSame(target, copy.tables, toFingerprints(found));
    return { ...copy, sizeBytes: (await stat(target)).size };
  } catch (reason) {
    await rm(target, { force: true });
    await rm(`${target}.wal`, { force: true });
    throw reason;
  }
}

async function copyAttached(
  { connection, settle }: Side,
  { source, target }: { readonly source: string; readonly target: string },
  onProgress: (progress: Progress) => void,
): Promise<Omit<DatabaseCopy, 'sizeBytes'> & { query: string }> {
  await detach(connection);
  // Without a log: a copy that is cut off is thrown away, and its log would be as large again.
  await connection.execute(`ATTACH ${quoted(target)} AS ${copyName} (RECOVERY_MODE no_wal_writes)`);
  try {
    const copied = await inTransaction(connection, settle, async () => {
      const query = fingerprintQuery(await listTables(connection));
      const [about] = await connection.query(
        'SELECT current_database() AS name, version() AS version',
      );
      onProgress({ phase: 'count', done: 0, unit: 'steps' });
      const tables = toFingerprints(await connection.query(query));
      const timeRange = await readTimeRange(connection);
      await whileWatching({ source, target }, onProgress, () =>
        connection.execute(`COPY FROM DATABASE "${about!['name'] as string}" TO ${copyName}`),
      );
      return { query, tables, timeRange, duckdbVersion: about!['version'] as string };
    });
    await completeHotTier(connection, copyName);
    await connection.execute(`CHECKPOINT ${copyName}`);
    return copied;
  } finally {
    settle();
    // Where this fails too, the first error leads, and the next copy tries again.
    await detach(connection).catch(() => undefined);
  }
}

async function detach(connection: Connection): Promise<void> {
  await connection.execute(`DETACH DATABASE IF EXISTS ${copyName}`);
}

/** One transaction: what is counted and what is copied are the same moment's. */
async function inTransaction<T>(
  connection: Connection,
  settle: () => void,
  act: () => Promise<T>,
): Promise<T> {
  await connection.execute('BEGIN TRANSACTION');
  try {
    const result = await act();
    await connection.execute('COMMIT');
    return result;
  } catch (reason) {
    settle();
    await connection.execute('ROLLBACK').catch(() => undefined); // The first error leads.
    throw reason;
  }
}

/** DuckDB tells no progress of a copy, but its file grows. */
async function whileWatching<T>(
  { source, target }: { readonly source: string; readonly target: string },
  onProgress: (progress: Progress) => void,
  act: () => Promise<T>,
): Promise<T> {
  const { size: total } = await stat(source);
  const timer = setInterval(() => {
    stat(target).then(
      ({ size }) =>
        onProgress({ phase: 'copy', done: Math.min(size, total), total, unit: 'bytes' }),
      () => undefined, // Not there yet.
    );
  }, progressEveryMs);
  try {
    return await act();
  } finally {
    clearInterval(timer);
  }
}

/** The columns that say when something was, in tables that grow with time. */
const timeColumns = ['timestamp', 'time'];

async function readTimeRange(connection: Connection): Promise<DatabaseCopy['timeRange']> {
  const columns = await connection.query(
    `SELECT c.table_name AS "table", c.column_name AS "column"
     FROM duckdb_columns() c JOIN duckdb_tables() t USING (database_name, schema_name, table_name)
     WHERE c.database_name = current_database() AND c.data_type = 'TIMESTAMP'
       AND c.column_name IN (${timeColumns.map(quoted).join(', ')})`,
  );
  if (columns.length === 0) return undefined;
  const each = columns.map(
    ({ table, column }) =>
      `SELECT min("${column as string}") AS "from", max("${column as string}") AS "to" FROM "${table as string}"`,
  );
  const [range] = await connection.query(
    `SELECT min("from") AS "from", max("to") AS "to" FROM (${each.join(' UNION ALL ')})`,
  );
  const { from, to } = range as { from?: Date; to?: Date };
  return from && to ? { from, to } : undefined;
}
