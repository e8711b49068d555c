import type { Row } from '../duckdb/connection.js';
import type { ReaderPool } from '../queries/reader-pool.js';

/** What one run of retention took out of one table for one rule. */
export interface TrashedRows {
  /** Where they stood: a table of the file. */
  readonly table: string;
  /** The rule in a line: `metric_summaries 5m`. */
  readonly rule: string;
  readonly rows: number;
  /** Of the files in the trash. */
  readonly bytes: number;
  readonly oldest: Date;
  readonly newest: Date;
}

/** One run of retention that can be undone. */
export interface TrashedRun {
  /** For {@link undoRetention}. */
  readonly id: string;
  readonly deletedAt: Date;
  readonly rows: number;
  readonly bytes: number;
  readonly parts: readonly TrashedRows[];
}

/** Newest first; [] when nothing can be brought back. */
export async function listTrash(readers: ReaderPool): Promise<TrashedRun[]> {
  const rows = await readers.query(
    `SELECT run_id, max(deleted_at) AS deleted_at, table_name, rule, sum(rows)::BIGINT AS rows,
       sum(bytes)::BIGINT AS bytes, min(oldest) AS oldest, max(newest) AS newest
     FROM retention_trash GROUP BY run_id, table_name, rule
     ORDER BY run_id DESC, table_name, rule`,
  );
  const ids = [...new Set(rows.map((row) => row['run_id'] as string))];
  return ids.map((id) =>
    toRun(
      id,
      rows.filter((row) => row['run_id'] === id),
    ),
  );
}

function toPart(row: Row): TrashedRows {
  return {
    table: row['table_name'] as string,
    rule: row['rule'] as string,
    rows: row['rows'] as number,
    bytes: row['bytes'] as number,
    oldest: row['oldest'] as Date,
    newest: row['newest'] as Date,
  };
}

function toRun(id: string, rows: readonly Row[]): TrashedRun {
  const parts = rows.map(toPart);
  const sum = (of: (part: TrashedRows) => number) =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    id,
    deletedAt: new Date(Math.max(...rows.map((row) => Number(row['deleted_at'])))),
    rows: sum((part) => part.rows),
    bytes: sum((part) => part.bytes),
    parts,
  };
}
