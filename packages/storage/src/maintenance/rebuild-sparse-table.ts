import type { Connection } from '../duckdb/connection.js';
import { createIndexSql, indexDefinitions } from '../schema/indexes.js';
import type { Store } from '../store.js';

/** A table that can be made anew from its rows. */
export interface RebuildableTable {
  readonly name: string;
  readonly ddl: string;
  /** In which order its rows are written. */
  readonly order: string;
  /** From how many dead rows on it is made anew, so many being alive; Infinity: never. */
  readonly deadRowsWorthIt: (liveRows: number) => number;
}

/**
 * Gives back what deleted rows leave behind: DuckDB never frees rows deleted from a table that has
 * indexes, so the table is made anew once enough of them are dead.
 *
 * One write, about 0.5 s per 100,000 live rows.
 *
 * @returns whether it was rebuilt
 */
export async function rebuildSparseTable(store: Store, table: RebuildableTable): Promise<boolean> {
  const [rows] = await store
    .readers()
    .query(`SELECT count(*) AS live, coalesce(max(rowid) + 1, 0) AS ever FROM ${table.name}`);
  const live = rows!['live'] as number;
  const dead = (rows!['ever'] as number) - live;
  if (dead < table.deadRowsWorthIt(live)) return false;
  await store.write((connection) => rebuild(connection, table), { bare: true, frees: 'file' });
  return true;
}

/** The CHECKPOINT follows at once: a log that makes tables with indexes anew must not be replayed. */
async function rebuild(
  connection: Connection,
  { name, ddl, order }: RebuildableTable,
): Promise<void> {
  await connection.execute('BEGIN TRANSACTION');
  try {
    for (const sql of [
      `CREATE TEMP TABLE live_rows AS FROM ${name}`,
      `DROP TABLE ${name}`,
      ddl,
      `INSERT INTO ${name} FROM live_rows ORDER BY ${order}`,
      'DROP TABLE temp.live_rows',
      ...indexDefinitions.filter(({ table }) => table === name).map(createIndexSql),
    ]) {
      await connection.execute(sql);
    }
    await connection.execute('COMMIT');
  } catch (reason) {
    await connection.execute('ROLLBACK').catch(() => undefined); // The first error leads.
    throw reason;
  }
  await connection.execute('CHECKPOINT');
}
