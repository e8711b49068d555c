import type { Connection } from '../duckdb/connection.js';

/** Runs statements of which all happen or none. */
export async function runInTransaction(
  connection: Connection,
  statements: readonly string[],
): Promise<void> {
  await connection.execute('BEGIN TRANSACTION');
  try {
    for (const sql of statements) await connection.execute(sql);
    await connection.execute('COMMIT');
  } catch (reason) {
    await connection.execute('ROLLBACK').catch(() => undefined); // The first error leads.
    throw reason;
  }
}
