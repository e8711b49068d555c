import type { Connection, Row } from '../duckdb/connection.js';
import { Instance } from '../duckdb/instance.js';
import { migrations } from '../migrations/index.js';
import { migrate } from '../migrations/migrate.js';
import type { ReaderPool } from '../queries/reader-pool.js';
import type { Finding } from './finding.js';

/** What a schema consists of: its parts by name, each with what makes it that part. */
type Catalog = ReadonlyMap<string, string>;
type Query = (sql: string) => Promise<Row[]>;

/** The parts of a schema, one row each: what kind and name, and what it is. */
const catalogSql = `
SELECT 'column ' || table_name || '.' || column_name AS part,
  data_type || CASE WHEN is_nullable THEN '' ELSE ' NOT NULL' END AS text
FROM duckdb_columns() WHERE NOT internal AND database_name = current_database()
UNION ALL
SELECT 'key of ' || table_name, constraint_column_names::VARCHAR
FROM duckdb_constraints()
WHERE constraint_type = 'PRIMARY KEY' AND database_name = current_database()
UNION ALL
SELECT 'index ' || index_name, table_name || ' ' || expressions
FROM duckdb_indexes() WHERE database_name = current_database()
UNION ALL
SELECT 'view ' || view_name, sql
FROM duckdb_views() WHERE NOT internal AND database_name = current_database()
UNION ALL
SELECT 'sequence ' || sequence_name, '' FROM duckdb_sequences() WHERE database_name = current_database()`;

/** Compares tables, columns, keys, indexes, views and sequences with what the migrations make. */
export async function checkSchema(readers: ReaderPool): Promise<Finding> {
  const found = await readCatalog((sql) => readers.query(sql));
  const expected = await expectedCatalog();
  const missing = [...expected.keys()].filter((part) => !found.has(part));
  const changed = [...expected].filter(
    ([part, text]) => found.has(part) && found.get(part) !== text,
  );
  const additional = [...found.keys()].filter((part) => !expected.has(part));
  const indexes = missing.filter((part) => part.startsWith('index '));
  if (missing.length > indexes.length || changed.length > 0) {
    const parts = [...missing, ...changed.map(([part]) => `${part} (changed)`)];
    return {
      check: 'schema',
      severity: 'error',
      message: `Other hands changed the schema. Not as it should be: ${list(parts)}.`,
      remedy: 'coral colony restore --input <backup>',
    };
  }
  if (indexes.length > 0) {
    const message = `Missing: ${list(indexes)}.`;
    return { check: 'schema', severity: 'error', message, remedy: 'coral doctor --repair' };
  }
  if (additional.length > 0) {
    return {
      check: 'schema',
      severity: 'warning',
      message: `In the file, and not Coral's: ${list(additional)}. An upgrade may stumble over it.`,
      remedy: 'coral colony stop, then remove it with the duckdb command',
    };
  }
  return { check: 'schema', severity: 'ok', message: 'As the migrations make it.' };
}

async function expectedCatalog(): Promise<Catalog> {
  const instance = await Instance.open(':memory:', {
    memoryLimitBytes: 64 * 1024 ** 2,
    threads: 1,
  });
  let connection: Connection | undefined;
  try {
    connection = await instance.connect();
    await migrate(connection, migrations, new Date(0));
    const { query } = connection;
    return await readCatalog((sql) => query.call(connection, sql));
  } finally {
    connection?.close();
    instance.close();
  }
}

async function readCatalog(query: Query): Promise<Catalog> {
  const rows = await query(catalogSql);
  return new Map(rows.map((row) => [row['part'] as string, String(row['text'])]));
}

const listed = 8;

function list(parts: readonly string[]): string {
  const more = parts.length > listed ? `, and ${parts.length - listed} more` : '';
  return `${parts.slice(0, listed).join(', ')}${more}`;
}
