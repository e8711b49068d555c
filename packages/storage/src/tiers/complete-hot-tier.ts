import type { Connection, Row } from '../duckdb/connection.js';
import { runInTransaction } from '../maintenance/run-in-transaction.js';
import { createIndexSql, indexDefinitions } from '../schema/indexes.js';
import { metricSummariesKey } from '../schema/tables/metric-summaries.js';

/**
 * Gives `metric_summaries` its key and its indexes where it has none: making it anew goes through such a
 * state, and may be cut off or copied in it.
 *
 * @param database an attached one that holds a copy of the table; default: the open one
 */
export async function completeHotTier(connection: Connection, database?: string): Promise<void> {
  if (await hasHotTierKey(connection, database)) return;
  const table = `${database ? `${database}.` : ''}metric_summaries`;
  await runInTransaction(connection, [
    `ALTER TABLE ${table} ADD ${metricSummariesKey}`,
    ...indexDefinitions
      .filter((index) => index.table === 'metric_summaries')
      .map((index) => createIndexSql({ ...index, table })),
  ]);
  await connection.execute(`CHECKPOINT ${database ?? ''}`);
}

/** Whether `metric_summaries` has its key; true also where there is no such table. */
export async function hasHotTierKey(
  connection: { query(sql: string): Promise<Row[]> },
  database?: string,
): Promise<boolean> {
  const name = database ? `'${database}'` : 'current_database()';
  const without = await connection.query(
    `SELECT 1 AS one FROM duckdb_tables()
     WHERE database_name = ${name} AND table_name = 'metric_summaries' AND NOT has_primary_key`,
  );
  return without.length === 0;
}
