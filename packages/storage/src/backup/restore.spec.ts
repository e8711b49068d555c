import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { copyFile, cp, open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { openStore } from '../../test/support/open-store.js';
import { unpackGolden } from '../../test/support/golden.js';
import { restoreDatabase, schemaVersion } from '../index.js';
import { writeBackupFile } from './backup-file.js';
import { fingerprintQuery, toFingerprints } from './fingerprints.js';

const template = useTempDir({ per: 'file' });
const dir = useTempDir();
const at = () => Date.UTC(2026, 0, 31, 12);
const event = { serviceId: 'checkout', eventType: 'deploy' };
const key = { hex: '0123456789abcdef'.repeat(4) };
const backupFile = () => dir.file('backup');
const colony = (colonyId: string) => ({ storagePath: dir.file('restored'), colonyId, now: at });

/** Events of a colony, oldest first. */
async function eventsOf(colonyId: string): Promise<string[]> {
  const database = await openStore(dir, { storagePath: dir.file('restored'), colonyId });
  const events = await database.listEvents();
  await database.close();
  return events.map(({ eventType }) => eventType).reverse();
}

beforeAll(async () => {
  const database = await openStore(template, { now: at });
  await database.recordEvents([event, { ...event, eventType: 'restart' }]);
  await database.backup({ output: template.file('backup') });
  await database.backup({ output: template.file('sealed'), key });
  await database.recordEvent({ ...event, eventType: 'after the backup' });
  await database.close();
});

beforeEach(() => cp(template.path, dir.path, { recursive: true }));

describe('restoreDatabase', () => {
  it.each([
    ['backup', undefined],
    ['sealed', key],
  ])('makes another colony of a %s', async (name, withKey) => {
    const restored = await restoreDatabase({
      ...colony('other-dev'),
      input: dir.file(name),
      key: withKey,
    });
    expect(restored).toMatchObject({
      path: dir.file('restored', 'other-dev.duckdb'),
      replaced: undefined,
      manifest: { colonyId: 'my-shop-dev', schemaVersion, tables: { events: { rows: 2 } } },
    });
    expect((await readdir(dir.file('restored'))).sort()).toEqual([
      'other-dev.duckdb',
      'other-dev.work',
    ]);
    expect(await eventsOf('other-dev')).toEqual(['deploy', 'restart']);
  });

  it('keeps the file that was there aside, with its log', async () => {
    const input = backupFile();
    const storagePath = dir.path;
    await writeFile(dir.file('my-shop-dev.duckdb.wal'), 'its log');
    const { replaced } = await restoreDatabase({
      storagePath,
      colonyId: 'my-shop-dev',
      input,
      now: at,
    });
    expect(replaced).toBe(dir.file('my-shop-dev.replaced-20260131T120000Z.duckdb'));
    expect(await readFile(`${replaced}.wal`, 'utf8')).toBe('its log');
    const database = await openStore(dir);
    expect(database.recovery).toMatchObject({ clean: true, walBytes: 0 });
    expect(await database.listEvents()).toHaveLength(2);
    await database.close();
    const again = await restoreDatabase({
      storagePath,
      colonyId: 'my-shop-dev',
      input,
      now: at,
    });
    expect(again.replaced).toBe(dir.file('my-shop-dev.replaced-20260131T120000Z-2.duckdb'));
  });

  it('keeps keys, indexes, views and sequences', async () => {
    const names = `SELECT 'index' AS kind, index_name AS name FROM duckdb_indexes()
      UNION ALL SELECT 'view', view_name FROM duckdb_views() WHERE NOT internal
      UNION ALL SELECT 'sequence', sequence_name FROM duckdb_sequences()
      UNION ALL SELECT 'key', table_name || constraint_text FROM duckdb_constraints()
      ORDER BY ALL`;
    await restoreDatabase({ ...colony('other-dev'), input: backupFile() });
    const restored = await bareDuckdb(dir.file('restored', 'other-dev.duckdb'), names);
    expect(restored).toEqual(await bareDuckdb(dir.file('my-shop-dev.duckdb'), names));
    expect(restored.length).toBeGreaterThan(20);
    const database = await openStore(dir, {
      storagePath: dir.file('restored'),
      colonyId: 'other-dev',
    });
    expect(await database.recordEvent(event)).toBeGreaterThan(2);
  });

  it('takes a backup of an older schema and another DuckDB, which the next open upgrades', async () => {
    const golden = await unpackGolden(1, dir.path);
    const tables = await bareDuckdb(
      golden,
      'SELECT table_name FROM duckdb_tables() ORDER BY table_name',
    );
    const found = await bareDuckdb(
      golden,
      fingerprintQuery(tables.map(([name]) => name as string)),
    );
    const fingerprints = toFingerprints(
      found.map(([name, rows]) => ({ name, rows, hash: 'of another version' })),
    );
    const input = dir.file('old-backup');
    await writeBackupFile(
      input,
      golden,
      {
        format: 'coral-backup',
        formatVersion: 1,
        colonyId: 'golden-dev',
        createdAt: '2026-01-01T00:00:00.000Z',
        coralVersion: '0.1.0',
        schemaVersion: 1,
        duckdbVersion: 'v1.0.0',
        sizeBytes: (await stat(golden)).size,
        tables: fingerprints,
        timeRange: null,
      },
      {
        key: undefined,
        overwrite: false,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      },
    );
    await restoreDatabase({ ...colony('other-dev'), input });
    const database = await openStore(dir, {
      storagePath: dir.file('restored'),
      colonyId: 'other-dev',
    });
    expect(database.recovery.migrationsApplied[0]).toBe(2);
    const { events } = (await database.stats()).tables as { events: number };
    const noted = await database.listEvents({ serviceId: 'coral-colony' });
    expect(noted.map(({ eventType }) => eventType)).toEqual(['migration']);
    expect(events).toBe(fingerprints['events']!.rows + noted.length);
  });

  it('refuses a colony that runs, and leaves it as it is', async () => {
    const running = await openStore(dir);
    await expect(
      restoreDatabase({ storagePath: dir.path, colonyId: 'my-shop-dev', input: backupFile() }),
    ).rejects.toMatchObject({ code: 'STORAGE_LOCKED', details: { pid: process.pid } });
    expect(await running.listEvents()).toHaveLength(3);
  });

  it.each<[string, string, (file: string) => Promise<void>]>([
    ['a changed byte of the database', 'backup', (file) => overwrite(file, 70_000, 'x')],
    ['a changed byte of the manifest', 'backup', (file) => overwrite(file, -100, '~')],
    ['a missing end', 'backup', (file) => truncate(file, 300_000)],
    ['a missing byte', 'sealed', async (file) => truncate(file, (await readFile(file)).length - 1)],
    ['a changed byte in an encrypted one', 'sealed', (file) => overwrite(file, 5_000, 'x')],
    ['an empty file', 'backup', (file) => writeFile(file, '')],
    ['another file', 'backup', (file) => writeFile(file, 'something else entirely')],
    ['a DuckDB file without a manifest', 'backup', (file) => copyFile(plainFile(), file)],
  ])('refuses %s and changes nothing', async (_, name, damage) => {
    const input = dir.file(name);
    await damage(input);
    await expect(
      restoreDatabase({ storagePath: dir.path, colonyId: 'my-shop-dev', input, key }),
    ).rejects.toMatchObject({ code: 'STORAGE_BACKUP_INVALID', details: { path: input } });
    expect((await readdir(dir.path)).sort()).toEqual(['backup', 'my-shop-dev.duckdb', 'sealed']);
    const database = await openStore(dir);
    expect(await database.listEvents()).toHaveLength(3);
  });

  it.each([
    [undefined, 'STORAGE_KEY_WRONG'],
    [{ hex: 'f'.repeat(64) }, 'STORAGE_KEY_WRONG'],
    [{ hex: 'short' }, 'STORAGE_KEY_WRONG'],
    [{ file: '/nowhere/key' }, 'STORAGE_KEY_WRONG'],
  ])('refuses an encrypted backup with the key %j', async (wrong, code) => {
    await expect(
      restoreDatabase({ ...colony('other-dev'), input: dir.file('sealed'), key: wrong }),
    ).rejects.toMatchObject({ code });
    expect(await readdir(dir.file('restored')).catch(() => [])).toEqual([]);
  });

  it('refuses a backup of a later schema', async () => {
    const bytes = await readFile(backupFile());
    const text = `"schemaVersion": ${schemaVersion},`;
    bytes.write(`"schemaVersion":99,`.padEnd(text.length), bytes.lastIndexOf(text));
    await writeFile(backupFile(), bytes);
    await expect(
      restoreDatabase({ ...colony('other-dev'), input: backupFile() }),
    ).rejects.toMatchObject({ code: 'STORAGE_SCHEMA_NEWER', details: { found: 99 } });
  });

  it('says that there is no such backup', async () => {
    await expect(
      restoreDatabase({ ...colony('other-dev'), input: dir.file('none') }),
    ).rejects.toMatchObject({ code: 'STORAGE_BACKUP_INVALID' });
  });

  it('stops when asked, and leaves nothing', async () => {
    const stop = new AbortController();
    const restoring = restoreDatabase({
      ...colony('other-dev'),
      input: backupFile(),
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(restoring).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    expect(await readdir(dir.file('restored'))).toEqual([]);
  });
});

const plainFile = () => dir.file('my-shop-dev.duckdb');

async function overwrite(file: string, at: number, text: string): Promise<void> {
  const handle = await open(file, 'r+');
  const { size } = await handle.stat();
  await handle.write(text, at < 0 ? size + at : at);
  await handle.close();
}
