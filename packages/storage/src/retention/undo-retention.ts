import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Connection } from '../duckdb/connection.js';
import { quoted } from '../duckdb/instance.js';
import type { TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { StorageError } from '../storage-error.js';
import { throwIfCancelled } from '../lifecycle/side-connection.js';
import { placeSummaries } from '../tiers/place-summaries.js';
import type { TierBoundary } from '../tiers/tier-boundary.js';
import { sweepTrashFolder } from './trash-folder.js';

/** What bringing rows back works with. */
export interface UndoMeans {
  readonly store: Store;
  /** Says in which tier a metric summary belongs. */
  readonly boundary: TierBoundary;
}

/** What was brought back. */
export interface UndoResult {
  readonly id: string;
  /** Rows that stand in their tables again. */
  readonly rows: number;
  /** Rows that were left out because newer ones with their keys stand there. */
  readonly outdated: number;
  /** Until when retention by age waits, unless somebody applies it. */
  readonly heldUntil: Date;
}

const tiers = ['metric_summaries', 'metric_history'];

/**
 * Brings back what a run of retention deleted: file by file, each in one transaction with its entry
 * in the manifest, so that a crash leaves every row in one place. Started again it goes on.
 *
 * A row whose key was written again meanwhile stays as it is. Retention by age then waits for
 * `holdMs`, or it would delete the same rows within the hour.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` for a run that is not in the trash;
 *   `STORAGE_CORRUPT` when a file of it is missing; `STORAGE_CANCELLED`
 */
export async function undoRetention(
  means: UndoMeans,
  id: string,
  holdMs: number,
  { onProgress, signal }: TaskOptions,
): Promise<UndoResult> {
  const { store } = means;
  const files = await store
    .readers()
    .query('SELECT file, table_name, rows FROM retention_trash WHERE run_id = ? ORDER BY file', [
      id,
    ]);
  if (files.length === 0) throw unknownRun(id);
  const total = files.reduce((sum, row) => sum + (row['rows'] as number), 0);
  const heldUntil = await hold(store, id, holdMs);
  let done = 0;
  let rows = 0;
  for (const row of files) {
    throwIfCancelled(signal);
    rows += await putBack(means, row['file'] as string, row['table_name'] as string);
    done += row['rows'] as number;
    onProgress?.({ phase: 'restore', done, total, unit: 'rows' });
  }
  await sweepTrashFolder(store);
  return { id, rows, outdated: total - rows, heldUntil };
}

/** Before the first row comes back: a crash must not let the next run delete it again. */
async function hold(store: Store, id: string, holdMs: number): Promise<Date> {
  const now = store.now();
  const heldUntil = new Date(now.getTime() + holdMs);
  await store.write((connection) =>
    connection.run('INSERT INTO retention_holds VALUES (?, ?, ?)', [id, now, heldUntil]),
  );
  return heldUntil;
}

/** @returns rows that were inserted */
async function putBack(
  { store, boundary }: UndoMeans,
  file: string,
  table: string,
): Promise<number> {
  const at = path.join(store.work.trash, file);
  await requireFile(at);
  return store.write(
    async (connection) => {
      const rows = tiers.includes(table)
        ? await placeMissingSummaries(connection, at, boundary)
        : await insertMissing(connection, table, at);
      await connection.run('DELETE FROM retention_trash WHERE file = ?', [file]);
      return rows;
    },
    { alone: true },
  );
}

function insertMissing(connection: Connection, table: string, file: string): Promise<number> {
  return connection.run(
    `INSERT INTO ${table} BY NAME FROM read_parquet(${quoted(file)}) ON CONFLICT DO NOTHING`,
  );
}

/** Metric summaries go where their time belongs now, whichever tier they were taken from. */
async function placeMissingSummaries(
  connection: Connection,
  file: string,
  { sealedUntilUs }: TierBoundary,
): Promise<number> {
  await connection.execute(
    `CREATE OR REPLACE TEMP TABLE returning_rows AS FROM read_parquet(${quoted(file)});
     DELETE FROM returning_rows r USING all_metric_summaries s
     WHERE s.timestamp BETWEEN (SELECT min(timestamp) FROM returning_rows)
         AND (SELECT max(timestamp) FROM returning_rows)
       AND s.timestamp = r.timestamp AND s.service_id = r.service_id
       AND s.metric_name = r.metric_name AND s.interval = r.interval`,
  );
  const rows = await placeSummaries(connection, 'returning_rows', sealedUntilUs);
  await connection.execute('DROP TABLE temp.returning_rows');
  return rows;
}

async function requireFile(file: string): Promise<void> {
  try {
    await stat(file);
  } catch (reason) {
    throw new StorageError(
      'STORAGE_CORRUPT',
      `The file ${file} is missing from the trash: its rows cannot be brought back. Put it there again, or restore a backup.`,
      { cause: reason, details: { path: file } },
    );
  }
}

function unknownRun(id: string): StorageError {
  return new StorageError(
    'STORAGE_INVALID_INPUT',
    `There is no run ${id} in the trash. coral colony retention list shows those that are.`,
    { details: { field: 'id' } },
  );
}
