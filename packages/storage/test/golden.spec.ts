import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { copyFile, readdir } from 'node:fs/promises';
import { openDatabase, planUpgrade, schemaVersion } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { goldenVersions, unpackGolden } from './support/golden.js';
import { differingLookUps } from './support/look-ups.js';
import { tableColumns, tableRows } from './support/table-rows.js';

const colonyId = 'golden-dev';
const versions = await goldenVersions();
const ask = (file: string) => (sql: string) => bareDuckdb(file, sql);

/** What the schema of a file says of itself, in words that two files of one schema share. */
const schemaOf = async (file: string) => ({
  columns: await bareDuckdb(
    file,
    `SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns()
     WHERE NOT internal ORDER BY ALL`,
  ),
  keys: await bareDuckdb(
    file,
    `SELECT table_name, constraint_type, constraint_column_names FROM duckdb_constraints() ORDER BY ALL`,
  ),
  indexes: await bareDuckdb(
    file,
    'SELECT index_name, table_name, expressions FROM duckdb_indexes() ORDER BY ALL',
  ),
  views: await bareDuckdb(
    file,
    'SELECT view_name, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL',
  ),
  sequences: await bareDuckdb(file, 'SELECT sequence_name FROM duckdb_sequences() ORDER BY ALL'),
});

describe.each(versions)('a file of schema version %i', (version) => {
  const dir = useTempDir();
  const steps = Array.from({ length: schemaVersion - version }, (_, index) => version + 1 + index);

  it('is upgraded with every row as it was, and the schema that a new file has', async () => {
    const file = await unpackGolden(version, dir.path);
    const before = dir.file('before.duckdb');
    await copyFile(file, before);
    const columns = await tableColumns(ask(before));
    expect(columns.size).toBeGreaterThan(6);

    const database = await openDatabase({ storagePath: dir.path, colonyId });
    expect(database.recovery).toMatchObject({ clean: true, migrationsApplied: steps });
    expect(await differingLookUps(database)).toEqual([]);
    await database.close();

    const expected = new Map(await tableRows(ask(before), columns));
    const found = new Map(await tableRows(ask(file), columns));
    for (const [table, rows] of expected) expect([table, rows.length]).not.toEqual([table, 0]);
    const isOld = (row: string) => expected.get('schema_version')!.includes(row);
    expect(found.get('schema_version')!.filter((row) => !isOld(row))).toHaveLength(steps.length);
    if (steps.length > 0) {
      const reports = found.get('events')!.filter((row) => row.includes('coral-colony'));
      expect(reports).toHaveLength(1);
      found.set(
        'events',
        found.get('events')!.filter((row) => !reports.includes(row)),
      );
    }
    found.set('schema_version', found.get('schema_version')!.filter(isOld));
    expect(found).toEqual(expected);

    const fresh = await openDatabase({ storagePath: dir.path, colonyId: 'fresh-dev' });
    await fresh.close();
    expect(await schemaOf(file)).toEqual(await schemaOf(fresh.path));
  });

  it('goes on giving ids where the old release stopped', async () => {
    const file = await unpackGolden(version, dir.path);
    const [[last]] = (await bareDuckdb(file, 'SELECT max(id) FROM events')) as [[number]];
    const database = await openDatabase({ storagePath: dir.path, colonyId });
    const id = await database.recordEvent({ serviceId: 'service-1', eventType: 'deploy' });
    expect(id).toBeGreaterThan(last);
    await database.close();
  });
});

describe.each(versions.filter((version) => version < schemaVersion))(
  'an upgrade from schema version %i',
  (version) => {
    const dir = useTempDir();
    const backup = `${colonyId}.duckdb.before-v${version + 1}`;

    it('is planned without being done', async () => {
      const file = await unpackGolden(version, dir.path);
      const plan = await planUpgrade({ storagePath: dir.path, colonyId });
      expect(plan).toMatchObject({ path: file, from: version, to: schemaVersion });
      expect(plan.migrations.map((migration) => migration.version)).toEqual(
        Array.from({ length: schemaVersion - version }, (_, index) => version + 1 + index),
      );
      expect(plan.backup).toBe(dir.file(backup));
      expect(await bareDuckdb(file, 'SELECT max(version) FROM schema_version')).toEqual([
        [version],
      ]);
      expect(await readdir(dir.path)).toEqual([`${colonyId}.duckdb`]);
    });

    it('is refused where it must not be done, and the file stays as it was', async () => {
      const file = await unpackGolden(version, dir.path);
      await expect(
        openDatabase({ storagePath: dir.path, colonyId, migrate: 'refuse' }),
      ).rejects.toMatchObject({
        code: 'STORAGE_MIGRATION_PENDING',
        details: { found: version, known: schemaVersion },
      });
      expect(await readdir(dir.path)).toEqual([`${colonyId}.duckdb`]);
      expect(await bareDuckdb(file, 'SELECT max(version) FROM schema_version')).toEqual([
        [version],
      ]);
    });

    it('leaves a copy of the file as the old release wrote it, and says so in an event', async () => {
      const file = await unpackGolden(version, dir.path);
      const before = dir.file('before.duckdb');
      await copyFile(file, before);
      const database = await openDatabase({ storagePath: dir.path, colonyId });
      expect(database.recovery.upgradeBackup).toBe(dir.file(backup));
      const [report] = await database.getRecentEvents('coral-colony');
      expect(report).toMatchObject({
        eventType: 'migration',
        details: { backup: dir.file(backup) },
      });
      await database.close();
      expect((await readdir(dir.path)).sort()).toEqual([
        'before.duckdb',
        `${colonyId}.duckdb`,
        backup,
      ]);
      const columns = await tableColumns(ask(before));
      expect(await tableRows(ask(dir.file(backup)), columns)).toEqual(
        await tableRows(ask(before), columns),
      );
    });

    it('happens once', async () => {
      await unpackGolden(version, dir.path);
      await (await openDatabase({ storagePath: dir.path, colonyId })).close();
      const again = await openDatabase({ storagePath: dir.path, colonyId, migrate: 'refuse' });
      expect(again.recovery).toMatchObject({ clean: true, migrationsApplied: [] });
      await again.close();
    });
  },
);
