// Backup and its kin, on running and on stopped colonies.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { eventually, spawnProcess } from '@coral/testkit';
import type { CoralResult, CoralWorld } from './use-coral.js';
import { useCoral } from './use-coral.js';

const stockDuckdb = fileURLToPath(new URL('stock-duckdb.mjs', import.meta.url));
const hexKey = '00112233445566778899aabbccddeeff'.repeat(2);

interface Backup {
  readonly output: string;
  readonly encrypted: boolean;
  readonly manifest: { readonly tables: Record<string, { readonly rows: number }> };
}

/** A colony with two events, running or stopped. */
async function prepare(coral: CoralWorld, state: string): Promise<void> {
  await coral.init();
  await coral.start(['--detach', '--no-self-metrics']);
  for (const type of ['deploy', 'restart']) {
    await coral.json(['events', 'record', type, '--service', 'shop/api']);
  }
  if (state === 'stopped') await coral.run(['colony', 'stop']);
}

const errorOf = ({ stderr }: CoralResult) => /\((STORAGE_\w+)\)/.exec(stderr)?.[1];

describe.each(['running', 'stopped'])('coral colony backup of a %s colony', (state) => {
  const coral = useCoral();

  it('writes a backup, says what it does on standard error, and does not replace files', async () => {
    await prepare(coral, state);
    const backup = await coral.json<Backup>(['colony', 'backup', '--output', 'b.duckdb']);
    expect(backup).toMatchObject({
      output: join(coral.project, 'b.duckdb'),
      encrypted: false,
      manifest: { tables: { events: { rows: 2 } } },
    });
    const again = await coral.run(['colony', 'backup', '--output', 'b.duckdb']);
    expect([again.code, errorOf(again)]).toEqual([73, 'STORAGE_OUTPUT_EXISTS']);
    const replaced = await coral.run(['colony', 'backup', '-o', 'b.duckdb', '--overwrite']);
    expect([replaced.code, replaced.stderr]).toEqual([0, expect.stringContaining('verify\n')]);
    expect(replaced.stdout).toContain('b.duckdb');
    expect(await readdir(coral.project)).toEqual(['.coral', 'b.duckdb']);
  });

  it('encrypts with a key from a file or from the environment', async () => {
    await prepare(coral, state);
    await writeFile(join(coral.project, 'key'), `${hexKey}\n`);
    const env = { CORAL_BACKUP_KEY: hexKey };
    for (const [file, args, options] of [
      ['by-file', ['--key-file', 'key'], {}],
      ['by-env', [], { env }],
    ] as const) {
      const backup = await coral.json<Backup>(['colony', 'backup', '-o', file, ...args], options);
      expect(backup.encrypted).toBe(true);
      const bytes = await readFile(backup.output);
      expect(bytes.subarray(0, 8).toString()).toBe('CORALSB1');
      expect(bytes.includes('shop/api')).toBe(false);
    }
    const bad = { env: { CORAL_BACKUP_KEY: 'not a key' } };
    const refused = await coral.run(['colony', 'backup', '-o', 'bad'], bad);
    expect([refused.code, errorOf(refused)]).toEqual([77, 'STORAGE_KEY_WRONG']);
  });
});

describe.each(['running', 'stopped'])('coral colony snapshot of a %s colony', (state) => {
  const coral = useCoral();

  it('publishes a file that stock DuckDB opens, again and again when asked', async () => {
    await prepare(coral, state);
    const { path } = await coral.json<{ path: string }>(['colony', 'snapshot']);
    expect(path).toMatch(/\.snapshot\.duckdb$/);
    expect(await eventsIn(path)).toEqual(['deploy', 'restart']);
    const child = await coral.spawn(['colony', 'snapshot', '--every', '1s']);
    await child.waitForOutput(/(Published .*\n){2}/, { stream: 'stdout' });
    child.signal('SIGINT');
    expect(await child.waitForExit()).toMatchObject({ code: 0 });
    const refused = await coral.run(['colony', 'snapshot', '--every', 'often']);
    expect(refused.code).toBe(2);
  });
});

describe('coral colony restore', () => {
  const coral = useCoral();

  it('brings back what was backed up, and keeps what it replaced', async () => {
    await prepare(coral, 'running');
    const key = { env: { CORAL_BACKUP_KEY: hexKey } };
    await coral.json(['colony', 'backup', '-o', 'b'], key);
    await coral.json(['events', 'record', 'after', '--service', 'shop/api']);
    const refused = await coral.run(['colony', 'restore', '-i', 'b'], key);
    expect([refused.code, refused.stderr]).toEqual([75, expect.stringContaining('Stop it first')]);
    await coral.run(['colony', 'stop']);
    const wrong = await coral.run(['colony', 'restore', '-i', 'b']);
    expect([wrong.code, errorOf(wrong)]).toEqual([77, 'STORAGE_KEY_WRONG']);
    const restored = await coral.json<{ path: string; replaced: string }>(
      ['colony', 'restore', '-i', 'b'],
      key,
    );
    expect(await eventsIn(restored.path)).toEqual(['deploy', 'restart']);
    expect(await eventsIn(restored.replaced)).toEqual(['deploy', 'restart', 'after']);
    await coral.start(['--detach']);
    expect(await coral.json(['events', '--service', 'shop/api'])).toHaveLength(2);
  });

  it('refuses what is not a backup', async () => {
    await coral.init();
    await writeFile(join(coral.project, 'b'), 'no backup');
    const refused = await coral.run(['colony', 'restore', '-i', 'b']);
    expect([refused.code, errorOf(refused)]).toEqual([65, 'STORAGE_BACKUP_INVALID']);
  });
});

describe('coral colony compact', () => {
  const coral = useCoral();

  it('gives space back once the colony is stopped', async () => {
    await prepare(coral, 'running');
    const refused = await coral.run(['colony', 'compact']);
    expect([refused.code, refused.stderr]).toEqual([75, expect.stringContaining('Stop it first')]);
    await coral.run(['colony', 'stop']);
    const { path, bytes_before, bytes_after } = await coral.json<{
      path: string;
      bytes_before: number;
      bytes_after: number;
    }>(['colony', 'compact']);
    expect(bytes_after).toBeLessThanOrEqual(bytes_before);
    expect(await eventsIn(path)).toEqual(['deploy', 'restart']);
  });

  it('makes nothing for a colony that never ran', async () => {
    await coral.init();
    const refused = await coral.run(['colony', 'compact']);
    expect([refused.code, refused.stderr]).toEqual([66, expect.stringContaining('no database')]);
    expect(await readdir(join(coral.project, '.coral'))).toEqual(['config.yaml']);
  });
});

describe('a colony with a backup schedule', () => {
  const coral = useCoral();

  it('backs itself up while it runs, and is restored from that', async () => {
    await coral.init();
    const env = { CORAL_BACKUP_SCHEDULE: 'daily 02:00', CORAL_BACKUP_KEY: hexKey };
    await coral.start(['--detach', '--no-self-metrics'], { env });
    const directory = join(coral.project, '.coral', 'backups');
    const backups = () =>
      readdir(directory).then(
        (names) => names.filter((name) => name.endsWith('.sealed')),
        () => [],
      );
    await eventually(async () => (await backups()).length === 1);
    const [name] = await backups();
    await coral.run(['colony', 'stop']);
    await coral.json(['colony', 'restore', '-i', join(directory, name!)], { env });
  });
});

/** Types of the events in a file, oldest first, read by DuckDB alone. */
async function eventsIn(file: string): Promise<string[]> {
  const child = await spawnProcess({
    command: process.execPath,
    args: [stockDuckdb, file, 'SELECT event_type FROM events ORDER BY id'],
  });
  await child.waitForExit();
  return (JSON.parse(child.stdout) as { event_type: string }[]).map((row) => row.event_type);
}
