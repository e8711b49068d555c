import { beforeAll, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { openStore } from '../../test/support/open-store.js';
import { rows } from '../../test/support/look-ups.js';
import type { Database } from '../index.js';
import { initial } from '../migrations/0001-initial.js';
import { migrations } from '../migrations/index.js';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { indexDefinitions } from './indexes.js';

/** RFD 010, Database Schema, column by column: name, type, whether NULL is allowed. */
const columnsOfRfd: Record<string, readonly (readonly [string, string, 'NULL' | 'NOT NULL'])[]> = {
  services: [
    ['id', 'VARCHAR', 'NOT NULL'],
    ['name', 'VARCHAR', 'NOT NULL'],
    ['app_id', 'VARCHAR', 'NOT NULL'],
    ['version', 'VARCHAR', 'NULL'],
    ['agent_id', 'VARCHAR', 'NOT NULL'],
    ['labels', 'VARCHAR', 'NULL'],
    ['last_seen', 'TIMESTAMP', 'NOT NULL'],
    ['status', 'VARCHAR', 'NOT NULL'],
  ],
  metric_summaries: [
    ['timestamp', 'TIMESTAMP', 'NOT NULL'],
    ['service_id', 'VARCHAR', 'NOT NULL'],
    ['metric_name', 'VARCHAR', 'NOT NULL'],
    ['interval', 'VARCHAR', 'NOT NULL'],
    ['p50', 'DOUBLE', 'NULL'],
    ['p95', 'DOUBLE', 'NULL'],
    ['p99', 'DOUBLE', 'NULL'],
    ['mean', 'DOUBLE', 'NULL'],
    ['max', 'DOUBLE', 'NULL'],
    ['count', 'INTEGER', 'NULL'],
  ],
  events: [
    ['id', 'INTEGER', 'NOT NULL'],
    ['timestamp', 'TIMESTAMP', 'NOT NULL'],
    ['service_id', 'VARCHAR', 'NOT NULL'],
    ['event_type', 'VARCHAR', 'NOT NULL'],
    ['details', 'VARCHAR', 'NULL'],
    ['correlation_group', 'VARCHAR', 'NULL'],
  ],
  insights: [
    ['id', 'INTEGER', 'NOT NULL'],
    ['created_at', 'TIMESTAMP', 'NOT NULL'],
    ['insight_type', 'VARCHAR', 'NOT NULL'],
    ['priority', 'VARCHAR', 'NOT NULL'],
    ['title', 'VARCHAR', 'NOT NULL'],
    ['summary', 'VARCHAR', 'NOT NULL'],
    ['details', 'VARCHAR', 'NULL'],
    ['affected_services', 'VARCHAR', 'NULL'],
    ['status', 'VARCHAR', 'NOT NULL'],
    ['confidence', 'DOUBLE', 'NULL'],
    ['expires_at', 'TIMESTAMP', 'NULL'],
  ],
  service_connections: [
    ['from_service', 'VARCHAR', 'NOT NULL'],
    ['to_service', 'VARCHAR', 'NOT NULL'],
    ['protocol', 'VARCHAR', 'NOT NULL'],
    ['first_observed', 'TIMESTAMP', 'NOT NULL'],
    ['last_observed', 'TIMESTAMP', 'NOT NULL'],
    ['connection_count', 'INTEGER', 'NOT NULL'],
  ],
  baselines: [
    ['service_id', 'VARCHAR', 'NOT NULL'],
    ['metric_name', 'VARCHAR', 'NOT NULL'],
    ['time_window', 'VARCHAR', 'NOT NULL'],
    ['mean', 'DOUBLE', 'NULL'],
    ['stddev', 'DOUBLE', 'NULL'],
    ['p50', 'DOUBLE', 'NULL'],
    ['p95', 'DOUBLE', 'NULL'],
    ['p99', 'DOUBLE', 'NULL'],
    ['sample_count', 'INTEGER', 'NULL'],
    ['last_updated', 'TIMESTAMP', 'NOT NULL'],
  ],
};

const keysOfRfd = [
  ['baselines', ['service_id', 'metric_name', 'time_window']],
  ['events', ['id']],
  ['insights', ['id']],
  ['metric_summaries', ['timestamp', 'service_id', 'metric_name', 'interval']],
  ['service_connections', ['from_service', 'to_service', 'protocol']],
  ['services', ['id']],
];

/** RFD 010's CREATE INDEX statements: name, table, column. */
const indexesOfRfd = [
  ['idx_baselines_metric_name', 'baselines', 'metric_name'],
  ['idx_baselines_service_id', 'baselines', 'service_id'],
  ['idx_events_correlation', 'events', 'correlation_group'],
  ['idx_events_service_id', 'events', 'service_id'],
  ['idx_events_timestamp', 'events', 'timestamp'],
  ['idx_events_type', 'events', 'event_type'],
  ['idx_insights_created_at', 'insights', 'created_at'],
  ['idx_insights_priority', 'insights', 'priority'],
  ['idx_insights_status', 'insights', 'status'],
  ['idx_metric_summaries_metric_name', 'metric_summaries', 'metric_name'],
  ['idx_metric_summaries_service_id', 'metric_summaries', 'service_id'],
  ['idx_service_connections_from', 'service_connections', 'from_service'],
  ['idx_service_connections_to', 'service_connections', 'to_service'],
  ['idx_services_agent_id', 'services', 'agent_id'],
  ['idx_services_last_seen', 'services', 'last_seen'],
  ['idx_services_status', 'services', 'status'],
];

const sixTables = Object.keys(columnsOfRfd).sort();
const inSixTables = `table_name IN (${sixTables.map((name) => `'${name}'`).join(', ')})`;

describe('the schema of a new file', () => {
  const dir = useTempDir({ per: 'file' });
  let database: Database;
  beforeAll(async () => {
    database = await openStore(dir, { now: () => Date.UTC(2026, 0, 1) });
  });

  it('TestInitSchema_TablesCreated: holds the six tables of the RFD', async () => {
    const tables = await rows(
      database,
      `SELECT table_name FROM duckdb_tables() WHERE ${inSixTables} ORDER BY ALL`,
    );
    expect(tables.flat()).toEqual(sixTables);
  });

  it.each(sixTables)(
    'TestInitSchema_ColumnTypes: %s has the columns of the RFD, in its order',
    async (table) => {
      const columns = await rows(
        database,
        `SELECT column_name, data_type, CASE WHEN is_nullable THEN 'NULL' ELSE 'NOT NULL' END
         FROM duckdb_columns() WHERE table_name = '${table}' ORDER BY column_index`,
      );
      expect(columns).toEqual(columnsOfRfd[table]);
    },
  );

  it('TestInitSchema_ColumnTypes: no column has a default of ours', async () => {
    const defaults = await rows(
      database,
      `SELECT table_name, column_name FROM duckdb_columns()
       WHERE ${inSixTables} AND column_default IS NOT NULL`,
    );
    expect(defaults).toEqual([]);
  });

  it('TestInitSchema_PrimaryKeys: each table has the key of the RFD', async () => {
    const keys = await rows(
      database,
      `SELECT table_name, constraint_column_names FROM duckdb_constraints()
       WHERE constraint_type = 'PRIMARY KEY' AND ${inSixTables} ORDER BY table_name`,
    );
    expect(keys).toEqual(keysOfRfd);
  });

  it('TestInitSchema_PrimaryKeys: nothing but keys and NOT NULL constrains a row', async () => {
    const kinds = await rows(
      database,
      `SELECT DISTINCT constraint_type FROM duckdb_constraints() WHERE ${inSixTables} ORDER BY ALL`,
    );
    expect(kinds.flat()).toEqual(['NOT NULL', 'PRIMARY KEY']);
  });

  it('TestInitSchema_Indexes: the six tables have the 16 indexes of the RFD and no other', async () => {
    const indexes = await rows(
      database,
      `SELECT index_name, table_name, trim(expressions, '[]"'''), is_unique, is_primary
       FROM duckdb_indexes() WHERE ${inSixTables} ORDER BY index_name`,
    );
    expect(indexes).toEqual(indexesOfRfd.map((index) => [...index, false, false]));
  });

  it('TestInitSchema_Indexes: no index anywhere is unique', async () => {
    expect(await rows(database, 'SELECT * FROM duckdb_indexes() WHERE is_unique')).toEqual([]);
  });

  it('has its indexes as data, equal to those in the file', async () => {
    const indexes = await rows(
      database,
      `SELECT index_name, table_name, trim(expressions, '[]"''') FROM duckdb_indexes() ORDER BY ALL`,
    );
    const definitions = indexDefinitions.map(({ name, table, column }) => [name, table, column]);
    expect(definitions.sort()).toEqual(indexes);
  });

  it('TestInitSchema_Idempotency: creating everything again changes nothing', async () => {
    const other = await openStore(dir, { colonyId: 'twice-dev' });
    await other.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    await other.close();
    const catalogue = `SELECT (SELECT string_agg(sql, '' ORDER BY sql) FROM duckdb_tables()),
      (SELECT string_agg(sql, '' ORDER BY sql) FROM duckdb_indexes()), (SELECT count(*) FROM events)`;
    const before = await bareDuckdb(other.path, catalogue);
    const after = await bareDuckdb(
      other.path,
      ...migrations.flatMap(({ statements }) => statements),
      catalogue,
    );
    expect(after).toEqual(before);
  });

  it('TestInitSchema_Idempotency: every statement of the first migration can be repeated', () => {
    for (const statement of initial.statements) expect(statement).toContain('IF NOT EXISTS');
  });

  it('notes each migration, with its time, in schema_version', async () => {
    const versions = await rows(
      database,
      'SELECT version, name, applied_at, length(checksum) FROM schema_version ORDER BY version',
    );
    expect(versions).toEqual(
      migrations.map(({ version, name }) => [version, name, '2026-01-01T00:00:00.000000Z', 64]),
    );
  });
});
