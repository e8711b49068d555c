import type { Connection } from '../duckdb/connection.js';
import { longestRowBytes } from '../duckdb/longest-row.js';
import type { ExchangeTable } from './exchange-tables.js';
import type { RowRange, RowsSql, RowsToExport } from './export-query.js';

/** Rows that one statement can read within the memory limit. */
export interface RowPieces {
  /** So many rows, at most, may be collected in memory. */
  readonly rowsAtOnce: number;
  /** SELECTs whose rows, one after the other, are the export's. */
  sql(): Iterable<RowsSql>;
}

/** DuckDB reads so many rows at once, all of their texts too, unless a range of rows asks for fewer. */
const vectorRows = 2048;
/** Of rows that are collected before they are written, by each of the threads. */
const mostRowsAtOnce = 4096;
/** What is read at once may take this part of the limit: it is copied more than once, by each thread. */
const partOfLimit = 1 / 32;
/** More ranges in one statement cost more to plan than a further statement does. */
const rangesPerPiece = 64;

/**
 * Divides the rows to export where a vector of them could be larger than the memory limit allows:
 * DuckDB unpacks the texts of 2,048 rows at once, and 64 KB in each are 128 MB.
 */
export async function rowPieces(
  connection: Connection,
  { source, table, columns }: ExchangeTable,
  { rows, memoryLimitBytes }: { readonly rows: RowsToExport; readonly memoryLimitBytes: number },
): Promise<RowPieces> {
  const undivided = { rowsAtOnce: mostRowsAtOnce, sql: () => [rows.select()] };
  // A view's rows have no place; those of ours hold no long texts.
  if (source !== table) return undivided;
  const [row] = await connection.query(
    `SELECT min(rowid) AS start, max(rowid) + 1 AS "end" FROM ${table} WHERE ${rows.within}`,
  );
  const { start, end } = row as { start?: number; end?: number };
  if (start === undefined || end === undefined) return undivided;
  const texts = columns.filter(({ type }) => type === 'VARCHAR').map(({ name }) => name);
  const rowBytes = await longestRowBytes(connection, table, texts, start);
  const rowsAtOnce = Math.max(1, Math.floor((memoryLimitBytes * partOfLimit) / (rowBytes + 1)));
  if (rowsAtOnce >= vectorRows) return undivided;
  return { rowsAtOnce, sql: () => piecesOf(rows, { start, end }, rowsAtOnce) };
}

function* piecesOf(
  { select }: RowsToExport,
  { start, end }: RowRange,
  rowsAtOnce: number,
): Generator<RowsSql> {
  const step = rowsAtOnce * rangesPerPiece;
  for (let from = start; from < end; from += step) {
    const ranges: RowsSql[] = [];
    for (let at = from; at < Math.min(from + step, end); at += rowsAtOnce) {
      ranges.push(select({ start: at, end: Math.min(at + rowsAtOnce, end) }));
    }
    yield ranges.join(' UNION ALL ');
  }
}
