import { quoted } from '../duckdb/instance.js';
import type { ReaderPool } from '../queries/reader-pool.js';
import { indexDefinitions, type IndexDefinition } from '../schema/indexes.js';
import type { Finding } from './finding.js';

/** What a crash takes out of an index are the rows written last; beside them, some from anywhere. */
const newestRows = 256;
const sampledValues = 64;
const batchSize = 50;
/** A table of some ten million rows is scanned once per index. ms */
const timeoutMs = 120_000;

/** Compares what queries find through each index with what a scan finds; changes nothing. */
export async function checkIndexes(readers: ReaderPool): Promise<Finding> {
  const wrong = await wrongIndexes(readers);
  if (wrong.length === 0) {
    const message = `${indexDefinitions.length} indexes find what a scan finds.`;
    return { check: 'indexes', severity: 'ok', message };
  }
  return {
    check: 'indexes',
    severity: 'error',
    message: `Queries miss rows through ${wrong.map(({ name }) => name).join(', ')}.`,
    remedy: 'coral doctor --repair',
  };
}

/** The indexes that are not there, or through which a query finds other rows than without. */
export async function wrongIndexes(readers: ReaderPool): Promise<IndexDefinition[]> {
  const present = await readers.query(
    'SELECT index_name FROM duckdb_indexes() WHERE database_name = current_database()',
  );
  const names = new Set(present.map((row) => row['index_name']));
  const wrong: IndexDefinition[] = [];
  for (const index of indexDefinitions) {
    if (!names.has(index.name) || (await findsOtherRows(readers, index))) wrong.push(index);
  }
  return wrong;
}

async function findsOtherRows(
  readers: ReaderPool,
  { table, column }: IndexDefinition,
): Promise<boolean> {
  // The concatenation keeps the optimiser from using the index.
  const scanned = await readers.query(
    `WITH sampled AS (
       SELECT ${column} || '' AS value FROM (FROM ${table} ORDER BY rowid DESC LIMIT ${newestRows})
       UNION
       FROM (SELECT DISTINCT ${column} || '' AS value FROM ${table} LIMIT ${sampledValues})
     )
     SELECT value, count(*) AS n FROM sampled JOIN ${table} ON (${column} || '') = value
     GROUP BY value`,
    [],
    { timeoutMs },
  );
  for (let start = 0; start < scanned.length; start += batchSize) {
    const batch = scanned.slice(start, start + batchSize);
    const found = await readers.query(
      batch
        .map(
          ({ value }, position) =>
            `SELECT ${position} AS position, count(*) AS n FROM ${table} WHERE ${column} = ${quoted(String(value))}`,
        )
        .join(' UNION ALL '),
      [],
      { timeoutMs },
    );
    if (found.some(({ position, n }) => batch[position as number]!['n'] !== n)) return true;
  }
  return false;
}
