import { DuckDBInstance } from '@duckdb/node-api';

/** Runs SQL on a stopped colony's file with DuckDB alone, as a stock tool would. @returns the last statement's rows */
export async function bareDuckdb(file: string, ...statements: string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    let rows: unknown[][] = [];
    for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowsJson();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
