import type { Ask } from './look-ups.js';

/** Table → its columns, in order. */
export type TableColumns = ReadonlyMap<string, readonly string[]>;
/** Table → one text per row, in a fixed order. */
export type TableRows = ReadonlyMap<string, readonly string[]>;

export async function tableColumns(ask: Ask): Promise<TableColumns> {
  const found = await ask(
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

/** Every row of these tables; what a later schema added beside them is left out. */
export async function tableRows(ask: Ask, columns: TableColumns): Promise<TableRows> {
  const rows = new Map<string, readonly string[]>();
  for (const [table, names] of columns) {
    const list = names.map((name) => `"${name}"`).join(', ');
    const found = await ask(`SELECT row(${list})::VARCHAR FROM "${table}"`);
    rows.set(table, found.map(([row]) => String(row)).sort());
  }
  return rows;
}
