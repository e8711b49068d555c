import type { Database } from '../../src/index.js';
import { indexDefinitions } from '../../src/schema/indexes.js';

/** Runs one reading statement. @returns its rows */
export type Ask = (sql: string) => Promise<unknown[][]>;

export interface LookUpOptions {
  /** Look only for the values of so many newest rows of each table; default all. */
  readonly newest?: number;
}

/** Look-ups that one statement does: planning each alone is what takes the time. */
const batchSize = 50;

/**
 * Every value of every indexed column, looked up through the index and by a scan.
 *
 * @returns a line per difference; [] when all agree
 */
export function differingLookUps(database: Database, options?: LookUpOptions): Promise<string[]> {
  return differingLookUpsOf((sql) => rows(database, sql), options);
}

/** The same of whatever answers SQL. */
export async function differingLookUpsOf(
  ask: Ask,
  { newest }: LookUpOptions = {},
): Promise<string[]> {
  const differences: string[] = [];
  for (const { name, table, column } of indexDefinitions) {
    const wanted =
      newest === undefined
        ? ''
        : `WHERE ${column} IN (SELECT ${column} FROM ${table} ORDER BY rowid DESC LIMIT ${newest})`;
    // The concatenation keeps the optimiser from using the index.
    const scanned = (await ask(
      `SELECT (${column} || '') AS value, count(*) FROM (FROM ${table} ${wanted})
       WHERE ${column} IS NOT NULL GROUP BY value`,
    )) as [string, number][];
    for (let start = 0; start < scanned.length; start += batchSize) {
      const batch = scanned.slice(start, start + batchSize);
      const literals = batch.map(([value]) => `'${value.replaceAll("'", "''")}'`);
      const found = await ask(
        literals
          .map(
            (literal, position) =>
              `SELECT ${position} AS position, count(*) FROM ${table} WHERE ${column} = ${literal}`,
          )
          .join(' UNION ALL '),
      );
      for (const [at, count] of found) {
        const position = Number(at);
        const there = batch[position]![1];
        if (Number(count) === Number(there)) continue;
        differences.push(`${name} = ${literals[position]}: index ${String(count)}, scan ${there}`);
      }
    }
  }
  return differences;
}

export async function rows(database: Database, sql: string): Promise<unknown[][]> {
  const result = await database.queryReadOnly(sql);
  const all: unknown[][] = [];
  for await (const batch of result.rows) all.push(...batch.map((row) => [...row]));
  return all;
}
