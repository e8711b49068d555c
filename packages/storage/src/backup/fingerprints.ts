import type { Connection } from '../duckdb/connection.js';
import { quoted } from '../duckdb/instance.js';
import { StorageError } from '../storage-error.js';

/** What a table holds, in a form that two copies of it share whatever the order of their rows. */
export interface TableFingerprint {
  readonly rows: number;
  /** Sum of the hashes of its rows, in decimal; comparable within one version of DuckDB only. */
  readonly hash: string;
}

/** By table. Indexes, views and sequences count as tables of their names: `#indexes`, … */
export type Fingerprints = Readonly<Record<string, TableFingerprint>>;

/** The tables that the connection's own database has now. */
export async function listTables(connection: Connection): Promise<string[]> {
  const tables = await connection.query(
    `SELECT table_name AS name FROM duckdb_tables()
     WHERE database_name = current_database() AND NOT internal ORDER BY name`,
  );
  return tables.map(({ name }) => name as string);
}

/** One query for the fingerprints of these tables and of the names of what belongs to them. */
export function fingerprintQuery(tables: readonly string[]): string {
  return [...tables.map(tableQuery), ...catalogQueries].join('\nUNION ALL ');
}

function tableQuery(name: string): string {
  return `SELECT ${quoted(name)} AS name, count(*) AS rows,
    coalesce(sum(hash(whole_row)), 0)::VARCHAR AS hash
    FROM "${name.replaceAll('"', '""')}" AS whole_row`;
}

const catalogQueries = [
  catalogQuery('#indexes', 'index_name, table_name', 'duckdb_indexes()'),
  catalogQuery('#views', 'view_name', 'duckdb_views() WHERE NOT internal'),
  catalogQuery('#sequences', 'sequence_name', 'duckdb_sequences()'),
];

function catalogQuery(name: string, columns: string, source: string): string {
  return `SELECT '${name}' AS name, count(*) AS rows,
    coalesce(sum(hash(${columns})), 0)::VARCHAR AS hash
    FROM (FROM ${source}) WHERE database_name = current_database()`;
}

/** The answer of {@link fingerprintQuery}, from whichever process. */
export function toFingerprints(rows: readonly Readonly<Record<string, unknown>>[]): Fingerprints {
  return Object.fromEntries(
    rows.map(({ name, rows, hash }) => [String(name), { rows: Number(rows), hash: String(hash) }]),
  );
}

/** @throws {StorageError} `STORAGE_CORRUPT` naming what differs */
export function requireSame(file: string, expected: Fingerprints, found: Fingerprints): void {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  const different = names.filter(
    (name) =>
      expected[name]?.rows !== found[name]?.rows || expected[name]?.hash !== found[name]?.hash,
  );
  if (different.length === 0) return;
  throw new StorageError(
    'STORAGE_CORRUPT',
    `The copy in ${file} differs from its source in ${different.join(', ')}. Nothing was replaced by it. Try again, and check the disk if it stays so.`,
    { details: { path: file, tables: different.join(', ') } },
  );
}
