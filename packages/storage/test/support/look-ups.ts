import type { Database } from '../../src/index.js';
import { indexDefinitions } from '../../src/schema/indexes.js';

/**
 * Every value of every indexed column, looked up through the index and by a scan.
 *
 * @returns a line per difference; [] when all agree
 */
export async function differingLookUps(database: Database): Promise<string[]> {
  const differences: string[] = [];
  for (const { name, table, column } of indexDefinitions) {
    const values = await rows(
      database,
      `SELECT DISTINCT ${column}::VARCHAR FROM ${table} WHERE ${column} IS NOT NULL`,
    );
    for (const [value] of values) {
      const literal = `'${String(value).replaceAll("'", "''")}'`;
      const [[found]] = (await rows(
        database,
        `SELECT count(*) FROM ${table} WHERE ${column} = ${literal}`,
      )) as [[number]];
      // The concatenation keeps the optimiser from using the index.
      const [[there]] = (await rows(
        database,
        `SELECT count(*) FROM ${table} WHERE (${column} || '') = (${literal}::${column.endsWith('_at') || column.endsWith('seen') || column === 'timestamp' ? 'TIMESTAMP' : 'VARCHAR'} || '')`,
      )) as [[number]];
      if (found !== there) differences.push(`${name} = ${literal}: index ${found}, scan ${there}`);
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
