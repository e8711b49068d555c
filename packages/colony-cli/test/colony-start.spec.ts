// The tests that RFD 010 names in "Testing Strategy" for starting a colony, under its names, on
// real processes of the built command.
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { spawnProcess } from '@coral/testkit';
import { useCoral } from './use-coral.js';

const rfdTables = [
  'baselines',
  'events',
  'insights',
  'metric_summaries',
  'service_connections',
  'services',
];

/** Column and type, as RFD 010 writes them. */
const rfdColumns: Readonly<Record<string, readonly string[]>> = {
  services: [
    'id VARCHAR',
    'name VARCHAR',
    'app_id VARCHAR',
    'version VARCHAR',
    'agent_id VARCHAR',
    'labels VARCHAR',
    'last_seen TIMESTAMP',
    'status VARCHAR',
  ],
  metric_summaries: [
    'timestamp TIMESTAMP',
    'service_id VARCHAR',
    'metric_name VARCHAR',
    'interval VARCHAR',
    'p50 DOUBLE',
    'p95 DOUBLE',
    'p99 DOUBLE',
    'mean DOUBLE',
    'max DOUBLE',
    'count INTEGER',
  ],
  events: [
    'id INTEGER',
    'timestamp TIMESTAMP',
    'service_id VARCHAR',
    'event_type VARCHAR',
    'details VARCHAR',
    'correlation_group VARCHAR',
  ],
  insights: [
    'id INTEGER',
    'created_at TIMESTAMP',
    'insight_type VARCHAR',
    'priority VARCHAR',
    'title VARCHAR',
    'summary VARCHAR',
    'details VARCHAR',
    'affected_services VARCHAR',
    'status VARCHAR',
    'confidence DOUBLE',
    'expires_at TIMESTAMP',
  ],
  service_connections: [
    'from_service VARCHAR',
    'to_service VARCHAR',
    'protocol VARCHAR',
    'first_observed TIMESTAMP',
    'last_observed TIMESTAMP',
    'connection_count INTEGER',
  ],
  baselines: [
    'service_id VARCHAR',
    'metric_name VARCHAR',
    'time_window VARCHAR',
    'mean DOUBLE',
    'stddev DOUBLE',
    'p50 DOUBLE',
    'p95 DOUBLE',
    'p99 DOUBLE',
    'sample_count INTEGER',
    'last_updated TIMESTAMP',
  ],
};

const rfdIndexes = [
  'idx_baselines_metric_name',
  'idx_baselines_service_id',
  'idx_events_correlation',
  'idx_events_service_id',
  'idx_events_timestamp',
  'idx_events_type',
  'idx_insights_created_at',
  'idx_insights_priority',
  'idx_insights_status',
  'idx_metric_summaries_metric_name',
  'idx_metric_summaries_service_id',
  'idx_service_connections_from',
  'idx_service_connections_to',
  'idx_services_agent_id',
  'idx_services_last_seen',
  'idx_services_status',
];

const indexSql = 'SELECT index_name FROM duckdb_indexes() ORDER BY index_name';

/** Writes a colony under an id of the test's choice, which `coral init` does not allow. */
async function writeColony(home: string, id: string, storagePath: string): Promise<void> {
  const folder = join(home, '.coral', 'colonies');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = [
    `colony_id: ${id}`,
    `colony_secret: secret-of-${id}-long-enough`,
    `storage_path: ${storagePath}`,
    '',
  ];
  await writeFile(join(folder, `${id}.yaml`), text.join('\n'), { mode: 0o600 });
}

describe('colony start', () => {
  const coral = useCoral();

  it('TestColonyStart_InitializesDatabase: creates the database file at the configured path', async () => {
    const id = await coral.init();
    const { process: colony, run } = await coral.start();
    const path = join(coral.project, '.coral', `${id}.duckdb`);
    expect(run.database_path).toBe(path);
    expect(existsSync(path)).toBe(true);
    const lines = colony.stderr.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ msg: 'database initialized', path, level: 'info' }),
    );
  });

  it('TestColonyStart_DatabaseFilename: names the file {colony_id}.duckdb', async () => {
    const id = await coral.init('My Shop', ['--env', 'production']);
    expect(id).toMatch(/^my-shop-production-[0-9a-f]{6}$/);
    const { process: colony } = await coral.start();
    await colony.terminate();
    const names = await readdir(join(coral.project, '.coral'));
    expect(names.filter((name) => name.includes('duckdb'))).toEqual([`${id}.duckdb`]);
  });

  it('TestColonyStart_SchemaCreated: the six tables exist', async () => {
    await coral.init();
    await coral.start();
    const rows = await coral.json<{ name: string }[]>(['sql', 'SHOW TABLES']);
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(rfdTables));
  });

  it('TestColonyStart_Idempotency: a restart reuses the database without errors', async () => {
    await coral.init();
    const first = await coral.start();
    await coral.json(['events', 'record', 'deploy', '--service', 'shop/api']);
    const before = (await first.process.terminate()).code;
    const second = await coral.start();
    const events = await coral.json<{ event_type: string }[]>(['events']);
    expect(before).toBe(0);
    expect(second.run.database_path).toBe(first.run.database_path);
    // A clean stop leaves nothing to recover, so nothing but the deployment is there.
    expect(events.map(({ event_type }) => event_type)).toEqual(['deploy']);
    expect(second.process.stderr).not.toMatch(/"level":"(warn|error)"/);
  });

  it('TestColonyStart_StorageDirectoryCreation: creates a missing storage directory', async () => {
    const storage = coral.dir.file('deep', 'down', 'storage');
    await coral.init('shop', ['--storage-path', storage]);
    expect(existsSync(storage)).toBe(false);
    await coral.start();
    const { mode } = await stat(storage);
    expect(mode & 0o777).toBe(0o755);
  });

  it('TestColonyStart_EnvironmentOverride: CORAL_STORAGE_PATH overrides the configuration', async () => {
    const id = await coral.init('shop', ['--storage-path', coral.dir.file('configured')]);
    const elsewhere = coral.dir.file('elsewhere');
    const { run } = await coral.start([], { env: { CORAL_STORAGE_PATH: elsewhere } });
    expect(run.database_path).toBe(join(elsewhere, `${id}.duckdb`));
    expect(existsSync(run.database_path)).toBe(true);
    expect(existsSync(coral.dir.file('configured'))).toBe(false);
  });

  it('TestColonyStart_MultiColony: two colonies share a directory at the same time', async () => {
    const storage = coral.dir.file('shared');
    await writeColony(coral.home, 'colony-a', storage);
    await writeColony(coral.home, 'colony-b', storage);
    const [a, b] = await Promise.all([coral.start(['colony-a']), coral.start(['colony-b'])]);
    await coral.json(['events', 'record', 'from-a', '--service', 's', '--colony', 'colony-a']);
    await coral.json(['events', 'record', 'from-b', '--service', 's', '--colony', 'colony-b']);
    const eventsOf = async (id: string) =>
      (await coral.json<{ event_type: string }[]>(['events', '--colony', id])).map(
        ({ event_type }) => event_type,
      );
    await expect(eventsOf('colony-a')).resolves.toEqual(['from-a']);
    await expect(eventsOf('colony-b')).resolves.toEqual(['from-b']);
    const exits = await Promise.all([a.process.terminate(), b.process.terminate()]);
    expect(exits.map(({ code }) => code)).toEqual([0, 0]);
    expect((await readdir(storage)).sort()).toEqual(['colony-a.duckdb', 'colony-b.duckdb']);
    await expect(eventsOf('colony-a')).resolves.toEqual(['from-a']);
    await expect(eventsOf('colony-b')).resolves.toEqual(['from-b']);
  });

  it('TestColonyStart_ManualValidation: a running colony shows its schema through coral sql', async () => {
    await coral.init();
    await coral.start();
    for (const table of rfdTables) {
      const columns = await coral.json<{ column_name: string; column_type: string }[]>([
        'sql',
        `DESCRIBE ${table}`,
      ]);
      expect(columns.map((column) => `${column.column_name} ${column.column_type}`)).toEqual(
        rfdColumns[table],
      );
    }
    const indexes = await coral.json<{ index_name: string }[]>(['sql', indexSql]);
    expect(indexes.map(({ index_name }) => index_name)).toEqual(rfdIndexes);
  });

  it('TestColonyStart_ManualValidation: any DuckDB reader opens a stopped colony', async () => {
    await coral.init();
    const { process: colony, run } = await coral.start();
    await coral.json(['events', 'record', 'deploy', '--service', 'shop/api']);
    await colony.terminate();
    const script = fileURLToPath(new URL('stock-duckdb.mjs', import.meta.url));
    const describes = rfdTables.map((table) => `DESCRIBE ${table}`);
    const statements = ['SHOW TABLES', indexSql, 'SELECT event_type FROM events', ...describes];
    const reader = await spawnProcess({
      command: process.execPath,
      args: [script, run.database_path, ...statements],
      env: coral.env(),
    });
    await expect(reader.waitForExit()).resolves.toMatchObject({ code: 0 });
    type Rows = readonly Record<string, string>[];
    const [tables, indexes, events, ...described] = reader.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Rows);
    expect(tables!.map((row) => row['name'])).toEqual(expect.arrayContaining(rfdTables));
    expect(indexes!.map((row) => row['index_name'])).toEqual(rfdIndexes);
    expect(events).toEqual([{ event_type: 'deploy' }]);
    for (const [position, table] of rfdTables.entries()) {
      const columns = described[position]!;
      expect(columns.map((row) => `${row['column_name']} ${row['column_type']}`)).toEqual(
        rfdColumns[table],
      );
    }
  });
});
