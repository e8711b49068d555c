import type { DuckDBDataChunk, DuckDBMaterializedResult } from '@duckdb/node-api';
import { fromDuckDBValue } from './values.js';

/** A row as our queries read it: column name → value, undefined for NULL. */
export type Row = Readonly<Record<string, unknown>>;

/** All rows of a result that is in memory. */
export function readRows(result: DuckDBMaterializedResult): Row[] {
  const names = result.columnNames();
  const rows: Row[] = [];
  // The chunks are there: fetching them one by one would be a trip to another thread for each.
  for (let index = 0; index < result.chunkCount; index += 1) {
    const chunk = result.getChunk(index);
    const columns = names.map((_, column) => readColumn(chunk, column));
    for (let row = 0; row < chunk.rowCount; row += 1) rows.push(rowOf(names, columns, row));
  }
  return rows;
}

/** Half the time of `Object.fromEntries`. */
function rowOf(names: readonly string[], columns: readonly unknown[][], at: number): Row {
  const row: Record<string, unknown> = {};
  for (let column = 0; column < names.length; column += 1) {
    row[names[column]!] = columns[column]![at];
  }
  return row;
}

function readColumn(chunk: DuckDBDataChunk, column: number): unknown[] {
  const vector = chunk.getColumnVector(column);
  const values = new Array<unknown>(chunk.rowCount);
  for (let row = 0; row < values.length; row += 1) {
    values[row] = fromDuckDBValue(vector.getItem(row));
  }
  return values;
}
