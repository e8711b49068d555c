import type { Connection } from '../duckdb/connection.js';
import { createIndexSql, indexDefinitions } from '../schema/indexes.js';
import { metricSummariesDdl } from '../schema/tables/metric-summaries.js';
import type { Store } from '../store.js';

/** Dead rows that are not worth a rebuild. */
const fewDeadRows = 100_000;

/**
 * Gives back what moved rows leave behind: DuckDB never frees rows deleted from a table that has
 * indexes, so the table is made anew once it holds twice as many dead rows as live ones.
 *
 * One write, about 0.5 s per 100,000 live rows.
 *
 * @returns whether it was rebuilt
 */
export async function rebuildHotTier(store: Store): Promise<boolean> {
  const [rows] = await store
    .readers()
    .query('SELECT count(*) AS live, coalesce(max(rowid) + 1, 0) AS ever FROM metric_summaries');
  const live = rows!['live'] as number;
  const dead = (rows!['ever'] as number) - live;
  if (dead < Math.max(fewDeadRows, 2 * live)) return false;
  await store.write(rebuild, { bare: true });
  return true;
}

const rebuildSql = [
  'CREATE TEMP TABLE hot_rows AS FROM metric_summaries',
  'DROP TABLE metric_summaries',
  metricSummariesDdl,
  'INSERT INTO metric_summaries FROM hot_rows ORDER BY timestamp, service_id, metric_name, interval',
  'DROP TABLE hot_rows',
  ...indexDefinitions.filter(({ table }) => table === 'metric_summaries').map(createIndexSql),
];

/** The CHECKPOINT follows at once: a log that makes tables with indexes anew must not be replayed. */
async function rebuild(connection: Connection): Promise<void> {
  await connection.execute('BEGIN TRANSACTION');
  try {
    for (const sql of rebuildSql) await connection.execute(sql);
    await connection.execute('COMMIT');
  } catch (reason) {
    await connection.execute('ROLLBACK').catch(() => undefined); // The first error leads.
    throw reason;
  }
  await connection.execute('CHECKPOINT');
}
