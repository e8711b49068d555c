// A file that an older release left behind.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { useCoral } from './use-coral.js';

interface Plan {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly migrations: readonly { readonly version: number }[];
  readonly backup: string | null;
  readonly applied: boolean;
}

const { schemaVersion } = await import('@coral/storage');

describe('a colony whose file has schema version 1', () => {
  const coral = useCoral();
  const versions = Array.from({ length: schemaVersion - 1 }, (_, index) => index + 2);

  async function prepare(): Promise<string> {
    const colonyId = await coral.init();
    const golden = new URL('../../storage/test/golden/schema-1.duckdb.gz', import.meta.url);
    const directory = join(coral.project, '.coral');
    await mkdir(directory, { recursive: true });
    const file = join(directory, `${colonyId}.duckdb`);
    await writeFile(file, gunzipSync(await readFile(golden)));
    return file;
  }

  it('is told what an upgrade would do, and then upgraded', async () => {
    const file = await prepare();
    const plan = await coral.json<Plan>(['colony', 'migrate', '--plan']);
    expect(plan).toMatchObject({ path: file, from: 1, to: schemaVersion, applied: false });
    expect(plan.migrations.map(({ version }) => version)).toEqual(versions);

    const done = await coral.json<Plan>(['colony', 'migrate', '--apply']);
    expect(done).toMatchObject({ from: 1, to: schemaVersion, applied: true });
    expect(done.backup).toBe(`${file}.before-v2`);
    expect(await readdir(join(coral.project, '.coral'))).toContain(
      done.backup!.slice(done.backup!.lastIndexOf('/') + 1),
    );

    const again = await coral.json<Plan>(['colony', 'migrate', '--apply']);
    expect(again).toMatchObject({ from: schemaVersion, migrations: [], applied: false });
    const { stdout } = await coral.run(['colony', 'migrate']);
    expect(stdout).toContain('current');
  });

  it('is not upgraded by a start or a question that must not', async () => {
    await prepare();
    const ports = ['--port', '0', '--otlp-http-port', 'off', '--otlp-grpc-port', 'off'];
    const start = await coral.run(['colony', 'start', '--no-migrate', ...ports]);
    expect([start.code, start.stderr]).toEqual([
      78,
      expect.stringContaining('STORAGE_MIGRATION_PENDING'),
    ]);
    expect(start.stderr).toContain('coral colony migrate --plan');
    const asked = await coral.run(['events'], { env: { CORAL_MIGRATE: 'false' } });
    expect([asked.code, asked.stderr]).toEqual([
      78,
      expect.stringContaining('STORAGE_MIGRATION_PENDING'),
    ]);
    expect(await coral.json(['colony', 'migrate'])).toMatchObject({ from: 1 });
  });

  it('is upgraded by a start, and then refused while it runs', async () => {
    const file = await prepare();
    await coral.start(['--no-self-metrics']);
    const running = await coral.run(['colony', 'migrate', '--apply']);
    expect([running.code, running.stderr]).toEqual([
      75,
      expect.stringContaining('CLI_COLONY_RUNNING'),
    ]);
    const [event] = await coral.json<{ details: { backup: string } }[]>([
      'events',
      '--type',
      'migration',
    ]);
    expect(JSON.stringify(event)).toContain(`${file}.before-v2`);
  });

  it('takes one of the two options', async () => {
    await prepare();
    const both = await coral.run(['colony', 'migrate', '--plan', '--apply']);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('CLI_USAGE')]);
  });
});
