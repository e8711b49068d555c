import type { DuckDBResult } from '@duckdb/node-api';
import type { Connection } from './connection.js';
import { toStorageError } from './duckdb-error.js';
import { StorageError } from '../storage-error.js';
import { toJsonValue, type JsonValue } from './json-values.js';

export interface Column {
  readonly name: string;
  /** DuckDB's name of the type: `VARCHAR`, `DECIMAL(18,3)`, `STRUCT(a INTEGER)`. */
  readonly type: string;
}

/** A running query: rows are computed as they are fetched. */
export interface RowStream {
  readonly columns: readonly Column[];
  /** @returns the next rows, or undefined at the end */
  next(): Promise<JsonValue[][] | undefined>;
}

/** The syntax tree of a query as JSON, without binding or running anything. */
export async function serializeSql(connection: Connection, sql: string): Promise<string> {
  const [row] = await connection.query('SELECT json_serialize_sql(?::VARCHAR) AS tree', [sql]);
  return row!['tree'] as string;
}

/** Starts one query in a read-only transaction; the caller rolls it back when the rows are read. */
export async function startReadOnly(connection: Connection, sql: string): Promise<RowStream> {
  await connection.execute('BEGIN TRANSACTION READ ONLY');
  let result: DuckDBResult;
  try {
    result = await connection.driver.stream(sql);
  } catch (reason) {
    throw toStorageError(reason, 'run the query');
  }
  const names = result.columnNames();
  const types = result.columnTypes();
  return {
    columns: names.map((name, index) => ({ name, type: String(types[index]) })),
    async next() {
      try {
        const chunk = await result.fetchChunk();
        if (chunk && chunk.rowCount > 0) return chunk.getRows().map((row) => row.map(toJsonValue));
      } catch (reason) {
        throw toStorageError(reason, 'read the query’s rows');
      }
      await checkThatItEnded(connection);
      return undefined;
    },
  };
}

/**
 * The driver gives an empty chunk at the end of the rows, and the same when computing them failed
 * or was interrupted; only the transaction knows which: a failure has aborted it.
 */
async function checkThatItEnded(connection: Connection): Promise<void> {
  try {
    await connection.execute('SELECT 1');
  } catch (reason) {
    throw new StorageError(
      'STORAGE_SQL_INVALID',
      'The query failed after its first rows: a value could not be computed. Run it on fewer rows to see which.',
      { cause: reason },
    );
  }
}
