import { DuckDBInstance } from '@duckdb/node-api';

/**
 * The DDL of a stopped colony's file, as DuckDB tells it.
 *
 * @param {string} file
 * @returns {Promise<string[]>}
 */
export async function schemaStatements(file) {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `SELECT sql FROM duckdb_sequences() UNION ALL
     SELECT sql FROM duckdb_tables() UNION ALL
     SELECT sql FROM duckdb_indexes()`,
  );
  const statements = reader.getRows().map(([sql]) => String(sql));
  connection.closeSync();
  instance.closeSync();
  return statements;
}
