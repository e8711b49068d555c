import type { ReaderPool } from './reader-pool.js';

/** Rows per table. Cheap: DuckDB counts row groups, not rows. */
export async function readTableSizes(readers: ReaderPool): Promise<Record<string, number>> {
  const tables = await readers.query(
    'SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY table_name',
  );
  const names = tables.map((row) => row['table_name'] as string);
  const counts = await readers.query(
    names
      .map((name) => `SELECT '${name}' AS name, count(*) AS rows FROM "${name}"`)
      .join(' UNION ALL '),
  );
  return Object.fromEntries(counts.map((row) => [row['name'] as string, row['rows'] as number]));
}
