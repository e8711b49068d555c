import type { Connection } from '../duckdb/connection.js';
import type { SqlParameter } from '../duckdb/values.js';
import { createIndexSql, type IndexDefinition } from '../schema/indexes.js';

/** What an audit found and mended. */
export interface IndexAudit {
  readonly checked: number;
  /** Names of the indexes that were missing or gave other rows than a scan, and were recreated. */
  readonly repaired: readonly string[];
}

/** Rows that a crash can take out of an index are the last ones written: look at those first. */
const newestRows = 256;
/** Besides them, this many values from anywhere in the table. */
const sampledValues = 64;

/**
 * Compares what each index finds with what a scan finds, and recreates those that differ.
 *
 * DuckDB (before 2.0) can lose rows from a secondary index when a process dies and the next one
 * closes without touching the table. Queries then silently miss rows, and an UPDATE can abort.
 *
 * Cost: two look-ups for up to 320 values per index; recreating one costs about 1 s per million rows.
 */
export async function auditIndexes(
  connection: Connection,
  indexes: readonly IndexDefinition[],
): Promise<IndexAudit> {
  const wrong: IndexDefinition[] = [];
  await withForcedIndexScans(connection, async () => {
    for (const index of indexes) {
      if (!(await isRight(connection, index))) wrong.push(index);
    }
  });
  for (const index of wrong) await recreate(connection, index);
  if (wrong.length > 0) await connection.execute('CHECKPOINT');
  return { checked: indexes.length, repaired: wrong.map(({ name }) => name) };
}

/** Without this, DuckDB scans the table wherever it expects more than a few rows. */
async function withForcedIndexScans(
  connection: Connection,
  act: () => Promise<void>,
): Promise<void> {
  await connection.execute(
    'SET GLOBAL index_scan_percentage = 1.0; SET GLOBAL index_scan_max_count = 1000000000',
  );
  try {
    await act();
  } finally {
    await connection.execute(
      'RESET GLOBAL index_scan_percentage; RESET GLOBAL index_scan_max_count',
    );
  }
}

async function isRight(connection: Connection, index: IndexDefinition): Promise<boolean> {
  const { name, table, column } = index;
  const [present] = await connection.query(
    'SELECT count(*) AS n FROM duckdb_indexes() WHERE index_name = ?',
    [name],
  );
  if (present?.['n'] === 0) return false;
  const expected = await connection.query(
    // The concatenation keeps the optimiser from using the index.
    `WITH newest AS (
       SELECT ${column} AS value FROM ${table} ORDER BY rowid DESC LIMIT ${newestRows}
     ), sampled AS (
       SELECT value FROM newest
       UNION
       SELECT value FROM (SELECT DISTINCT ${column} AS value FROM ${table} LIMIT ${sampledValues})
     )
     SELECT value, count(*) AS n
     FROM sampled JOIN ${table} ON (${column} || '') = (value || '')
     GROUP BY value`,
  );
  for (const { value, n } of expected) {
    if (value === undefined) continue; // NULLs are not indexed.
    const [found] = await connection.query(
      `SELECT count(*) AS n FROM ${table} WHERE ${column} = ?`,
      [value as SqlParameter],
    );
    if (found?.['n'] !== n) return false;
  }
  return true;
}

/** Its own transaction, and a CHECKPOINT by the caller: a crash in between is audited again. */
async function recreate(connection: Connection, index: IndexDefinition): Promise<void> {
  await connection.execute(`DROP INDEX IF EXISTS ${index.name}`);
  await connection.execute(createIndexSql(index));
}
