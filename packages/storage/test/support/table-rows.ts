import { bareDuckdb } from './bare-duckdb.js';

/** Rows of every table as a stock tool reads them: table → one text per row, in a fixed order. */
export type TableRows = ReadonlyMap<string, readonly string[]>;

/**
 * Reads a closed file whole.
 *
 * @param like only the tables and columns that this has: what a later schema added is left out
 */
export async function tableRows(file: string, like?: Columns): Promise<TableRows> {
  const columns = like ?? (await tableColumns(file));
  const rows = new Map<string, readonly string[]>();
  for (const [table, names] of columns) {
    const list = names.map((name) => `"${name}"`).join(', ');
    const found = await bareDuckdb(file, `SELECT row(${list})::VARCHAR FROM "${table}"`);
    rows.set(table, found.map(([row]) => String(row)).sort());
  }
  return rows;
}

type Columns = ReadonlyMap<string, readonly string[]>;

export async function tableColumns(file: string): Promise<Columns> {
  const found = await bareDuckdb(
    file,
    `SELECT table_name, column_name FROM duckdb_columns()
     WHERE NOT internal AND table_name IN (SELECT table_name FROM duckdb_tables())
     ORDER BY table_name, column_index`,
  );
  const columns = new Map<string, string[]>();
  for (const [table, column] of found as [string, string][]) {
    columns.set(table, [...(columns.get(table) ?? []), column]);
  }
  return columns;
}
