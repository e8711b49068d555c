import type { JsonValue } from '../duckdb/json-values.js';
import { serializeSql, startReadOnly, type Column, type RowStream } from '../duckdb/row-stream.js';
import { requireCount, requireText } from '../writes/check-input.js';
import { checkReadOnly } from './check-read-only.js';
import type { Lease, ReaderPool, ReadOptions } from './reader-pool.js';

export interface QueryReadOnlyOptions extends ReadOptions {
  /** Rows after which the result is cut; default 100,000. */
  readonly maxRows?: number | undefined;
}

/** The rows of a query as they are computed. */
export interface QueryResult {
  readonly columns: readonly Column[];
  /**
   * Batches of rows, values as JSON can carry them. To be read once; whoever stops early gives the
   * connection back by leaving the loop.
   */
  readonly rows: AsyncIterable<readonly (readonly JsonValue[])[]>;
  /** Whether there were more rows than `maxRows`; known when `rows` has ended. */
  truncated(): boolean;
}

const defaultMaxRows = 100_000;
const explain = /^\s*explain\s+(?:analyze\s+)?/i;

/**
 * Runs SQL that is not ours: one query, read-only, no files, with a deadline and a row cap.
 *
 * Four walls, each of which would do for most: the parsed statement is checked before it is bound,
 * the transaction is read-only, the instance's external access and settings are locked, and the
 * deadline interrupts.
 *
 * @throws {StorageError} `STORAGE_SQL_INVALID`, `STORAGE_SQL_REFUSED`, `STORAGE_TIMEOUT`,
 *   `STORAGE_CANCELLED`, `STORAGE_OUT_OF_MEMORY`; the last three also while rows are read
 */
export async function queryReadOnly(
  readers: ReaderPool,
  sql: string,
  options: QueryReadOnlyOptions,
): Promise<QueryResult> {
  const maxRows = requireCount('maxRows', options.maxRows ?? defaultMaxRows, 1);
  const text = requireText('sql', sql);
  const lease = await readers.lease(options);
  try {
    checkReadOnly(await serializeSql(lease.connection, text.replace(explain, '')));
    const stream = await startReadOnly(lease.connection, text);
    return readAll(lease, stream, maxRows);
  } catch (reason) {
    await giveBack(lease);
    throw lease.explain(reason);
  }
}

function readAll(lease: Lease, stream: RowStream, maxRows: number): QueryResult {
  let isTruncated = false;
  let isFetching = false;
  let ended: Promise<void> | undefined;
  const end = () => (ended ??= drain(lease, stream).then(() => giveBack(lease)));
  // A reader who never comes, or pauses for too long, does not keep the connection.
  lease.signal.addEventListener('abort', () => {
    if (!isFetching) void end();
  });
  async function fetch() {
    lease.signal.throwIfAborted();
    isFetching = true;
    try {
      const batch = await stream.next();
      lease.signal.throwIfAborted();
      return batch;
    } catch (reason) {
      lease.signal.throwIfAborted();
      throw reason;
    } finally {
      isFetching = false;
    }
  }
  async function* rows() {
    let left = maxRows;
    try {
      for (let batch = await fetch(); batch; batch = await fetch()) {
        isTruncated = batch.length > left;
        if (left > 0) yield isTruncated ? batch.slice(0, left) : batch;
        left -= batch.length;
        if (isTruncated) return;
      }
    } finally {
      await end();
    }
  }
  return { columns: stream.columns, rows: rows(), truncated: () => isTruncated };
}

/** An unread rest would keep the transaction, and after closing the file itself, alive. */
async function drain(lease: Lease, stream: RowStream): Promise<void> {
  try {
    do lease.connection.interrupt();
    while (await stream.next());
  } catch {
    // The interrupt did its work.
  }
}

async function giveBack(lease: Lease): Promise<void> {
  lease.settle();
  try {
    await lease.connection.execute('ROLLBACK');
  } catch {
    // No transaction was begun, or it has ended by itself. A lost instance would fail here too, and
    // says so to whoever uses the connection next.
  }
  lease.release();
}
