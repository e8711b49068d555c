import type { ReaderPool } from './reader-pool.js';

/** Rows per table. Cheap: DuckDB counts row groups, not rows. */
export async function readTableSizes(readers: ReaderPool): Promise<Record<string, number>> {
  const tables = await readers.query(
    // A copy that is being made is attached beside the colony's own tables.
    `SELECT table_name FROM duckdb_tables()
     WHERE NOT internal AND database_name = current_database() AND schema_name = 'main'
     ORDER BY table_name`,
  );
  const names = tables.map((row) => row['table_name'] as string);
  const counts = await readers.query(
    names
      .map((name) => `SELECT '${name}' AS name, count(*) AS rows FROM "${name}"`)
      .join(' UNION ALL '),
  );
  return Object.fromEntries(counts.map((row) => [row['name'] as string, row['rows'] as number]));
}
