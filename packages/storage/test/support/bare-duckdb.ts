import { DuckDBInstance } from '@duckdb/node-api';
import type { Ask } from './look-ups.js';

/** Runs SQL on a stopped colony's file with DuckDB alone, as a stock tool would. @returns the last statement's rows */
export function bareDuckdb(file: string, ...statements: string[]): Promise<unknown[][]> {
  return withBareDuckdb(file, async (ask) => {
    let rows: unknown[][] = [];
    for (const sql of statements) rows = await ask(sql);
    return rows;
  });
}

/** The same for several questions: opening the file takes longer than most of them. */
export async function withBareDuckdb<T>(file: string, act: (ask: Ask) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    return await act(async (sql) => (await connection.runAndReadAll(sql)).getRowsJson());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
