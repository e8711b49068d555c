// What a person can get wrong: each has a coded error that says what to do, an exit code, and
// nothing stored is harmed.
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { onTestEnd, spawnProcess } from '@coral/testkit';
import type { CoralResult } from './use-coral.js';
import { useCoral } from './use-coral.js';

const start = [
  'colony',
  'start',
  '--port',
  '0',
  '--otlp-http-port',
  'off',
  '--otlp-grpc-port',
  'off',
];

describe('bad input', () => {
  const coral = useCoral();
  const colonyFile = (id: string) => join(coral.home, '.coral', 'colonies', `${id}.yaml`);
  const databaseFile = (id: string) => join(coral.project, '.coral', `${id}.duckdb`);

  /** A coded refusal: message, code and nothing of the program's insides. */
  function expectRefusal(result: CoralResult, code: number, error: string): void {
    expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(`(${error})`)]);
    expect(result.stderr).not.toMatch(/\n +at /);
    expect(result.stdout).toBe('');
  }

  /** A colony whose file holds one event, stopped. */
  async function stoppedColony(): Promise<string> {
    const id = await coral.init();
    await (await coral.start(['--no-self-metrics'])).process.terminate();
    await coral.json(['events', 'record', 'deploy', '--service', 'shop/api']);
    return id;
  }

  it('invalid YAML is shown with file, line and column', async () => {
    const id = await coral.init();
    await writeFile(colonyFile(id), 'colony_secret: "never closed\n', { mode: 0o600 });
    const result = await coral.run(start);
    expectRefusal(result, 78, 'CONFIG_SYNTAX');
    expect(result.stderr).toContain(`${colonyFile(id)}:`);
  });

  it('an unknown key is shown with its line and what was meant', async () => {
    await coral.init();
    const file = join(coral.project, '.coral', 'config.yaml');
    await writeFile(file, `${await readFile(file, 'utf8')}storage:\n  pth: ./data\n`);
    const result = await coral.run(start);
    expectRefusal(result, 78, 'CONFIG_UNKNOWN_KEY');
    expect(result.stderr).toMatch(/config\.yaml:5:3: .*did you mean "storage\.path"/);
  });

  it('a configuration that cannot be read is named', async () => {
    const id = await coral.init();
    await rm(colonyFile(id));
    await mkdir(colonyFile(id));
    expectRefusal(await coral.run(start), 78, 'CONFIG_UNREADABLE');
  });

  it('a secret that others can read is refused', async () => {
    const id = await coral.init();
    await chmod(colonyFile(id), 0o644);
    const result = await coral.run(['services']);
    expectRefusal(result, 77, 'CONFIG_SECRET_EXPOSED');
    expect(result.stderr).toContain('chmod');
  });

  it('a storage path that is a file, or below one', async () => {
    await coral.init();
    const file = coral.dir.file('a-file');
    await writeFile(file, 'mine');
    const below = join(file, 'below');
    expectRefusal(
      await coral.run([...start, '--storage-path', file]),
      73,
      'STORAGE_PATH_NOT_DIRECTORY',
    );
    const result = await coral.run([...start, '--storage-path', below]);
    expect([result.code, result.stderr]).toEqual([73, expect.stringMatching(/STORAGE_PATH_\w+/)]);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  it('a storage path where nothing can be written', async () => {
    await coral.init();
    const result = await coral.run([...start, '--storage-path', '/sys/coral']);
    expect([result.code, result.stderr]).toEqual([73, expect.stringMatching(/STORAGE_PATH_\w+/)]);
    expect(result.stderr).toContain('hint:');
  });

  it('a file that is not DuckDB is left as it was', async () => {
    const id = await coral.init();
    const text = 'These are my notes, and no database.\n'.repeat(500);
    await writeFile(databaseFile(id), text);
    expectRefusal(await coral.run(start), 74, 'STORAGE_NOT_A_DATABASE');
    expectRefusal(await coral.run(['services']), 74, 'STORAGE_NOT_A_DATABASE');
    expect(await readFile(databaseFile(id), 'utf8')).toBe(text);
  });

  it('a truncated file is left as it was', async () => {
    const id = await stoppedColony();
    await truncate(databaseFile(id), 20_000);
    const before = await readFile(databaseFile(id));
    const result = await coral.run(start);
    expect([result.code, result.stderr]).toEqual([
      74,
      expect.stringMatching(/STORAGE_(CORRUPT|NOT_A_DATABASE)/),
    ]);
    expect((await readFile(databaseFile(id))).equals(before)).toBe(true);
  });

  it('a file of a newer Coral is left as it was', async () => {
    const id = await stoppedColony();
    const writer = await spawnProcess({
      command: process.execPath,
      args: [
        fileURLToPath(new URL('stock-duckdb.mjs', import.meta.url)),
        '--write',
        databaseFile(id),
        'INSERT INTO schema_version SELECT * REPLACE (version + 1 AS version) FROM schema_version ORDER BY version DESC LIMIT 1',
      ],
      env: coral.env(),
    });
    await writer.waitForExit();
    expect(writer.stderr).toBe('');
    const before = await readFile(databaseFile(id));
    expectRefusal(await coral.run(start), 78, 'STORAGE_SCHEMA_NEWER');
    expectRefusal(await coral.run(['events']), 78, 'STORAGE_SCHEMA_NEWER');
    expect((await readFile(databaseFile(id))).equals(before)).toBe(true);
  });

  it('a hostile colony id never leaves its folders', async () => {
    await coral.init();
    for (const id of ['../../escape', 'a/b', '..', 'CON', 'x'.repeat(300), 'a\tb']) {
      expectRefusal(await coral.run(['services', '--colony', id]), 78, 'CONFIG_COLONY_ID_INVALID');
      expectRefusal(await coral.run(['colony', 'start', id]), 78, 'CONFIG_COLONY_ID_INVALID');
    }
    expect((await readdir(dirname(coral.home))).sort()).toEqual(['home', 'project']);
  });

  it('a token of another colony', async () => {
    const id = await coral.init();
    await coral.start(['--no-self-metrics']);
    const text = await readFile(colonyFile(id), 'utf8');
    const other = text.replace(/colony_secret: .*/, 'colony_secret: of-another-colony-entirely');
    await writeFile(colonyFile(id), other);
    for (const command of [['services'], ['sql', 'SELECT 1'], ['colony', 'status']]) {
      const result = await coral.run(command);
      expectRefusal(result, 77, 'CLI_UNAUTHORIZED');
      expect(result.stderr).toContain('hint:');
    }
  });

  it('a run file that points at something that is no colony', async () => {
    const id = await coral.init();
    const { process: colony, run } = await coral.start(['--no-self-metrics']);
    const stranger = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
    });
    onTestEnd(() => new Promise((resolve) => stranger.close(resolve)));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const { port } = stranger.address() as { port: number };
    const path = join(coral.home, '.coral', 'run', `${id}.json`);
    await writeFile(path, JSON.stringify({ ...run, port }));
    expectRefusal(await coral.run(['services']), 69, 'CLI_API');
    stranger.close();
    await writeFile(path, JSON.stringify({ ...run, port: 1 }));
    expectRefusal(await coral.run(['services']), 69, 'CLI_UNREACHABLE');
    // Asking fails, so it is stopped by signal.
    expect((await coral.run(['colony', 'stop'])).code).toBe(0);
    await expect(colony.waitForExit()).resolves.toEqual({ code: 0, signal: null });
  });

  it('errors are JSON on standard error with --json', async () => {
    await coral.init();
    const { code, stdout, stderr } = await coral.run(['services', '--json']);
    expect([code, stdout]).toEqual([66, '']);
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: 'CLI_NO_DATABASE',
        message: expect.stringContaining('has no database yet'),
        hint: expect.any(String),
      },
    });
    expect(existsSync(join(coral.project, '.coral', 'config.yaml'))).toBe(true);
    expect((await readdir(join(coral.project, '.coral'))).sort()).toEqual(['config.yaml']);
  });

  it.each([
    [['servces']],
    [['colony', 'start', '--port', '70000']],
    [['colony', 'start', '--prot', '1']],
    [['services', '--status', 'happy']],
    [['services', '--limit', '0']],
    [['sql', 'SELECT 1', 'SELECT 2']],
    [['events', '--since', 'tomorrow']],
    [['init']],
    [['colony']],
    [[]],
  ])('a mistyped command line exits with 2: %j', async (args) => {
    await coral.init();
    await writeFile(join(coral.project, '.coral', 'x'), '');
    const { code, stdout, stderr } = await coral.run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/\n +at /);
  });
});
