// Backup and its kin, on running and on stopped colonies.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { CoralResult, CoralWorld } from './use-coral.js';
import { useCoral } from './use-coral.js';

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
