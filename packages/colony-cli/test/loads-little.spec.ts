import { readdir, readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { coralPath, useCoral } from './use-coral.js';

const heavy =
  /node_modules\/(?:zod|yaml|pino|pino-pretty|@connectrpc|@bufbuild|@duckdb)\/|packages\/(?:config|storage|telemetry|server)\//;

interface Output {
  readonly entryPoint?: string;
  readonly inputs: object;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

interface Metafile {
  readonly outputs: Readonly<Record<string, Output>>;
}

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

describe('the built command', () => {
  const coral = useCoral();
  const packageRoot = resolve(dirname(coralPath), '../..');

  async function readMetafile(): Promise<Metafile> {
    return JSON.parse(await readFile(resolve(dirname(coralPath), 'meta.json'), 'utf8')) as Metafile;
  }

  /** Source files that come with one of them, without waiting for what it loads later. */
  async function loadedWith(entryPoint: string): Promise<string[]> {
    const { outputs } = await readMetafile();
    const first = Object.keys(outputs).find((file) => outputs[file]!.entryPoint === entryPoint);
    const found = new Set([first!]);
    for (const file of found) {
      for (const { path, kind } of outputs[file]!.imports) {
        if (kind === 'import-statement' && path in outputs) found.add(path);
      }
    }
    return [...found].flatMap((file) => Object.keys(outputs[file]!.inputs));
  }

  /** Source files that a command's process really loaded, as V8 saw it. */
  async function loadedBy(args: readonly string[]): Promise<string[]> {
    const folder = coral.dir.file('coverage');
    await coral.run(args, { env: { NODE_V8_COVERAGE: folder } });
    const [name] = await readdir(folder);
    const coverage = JSON.parse(await readFile(`${folder}/${name}`, 'utf8')) as Coverage;
    const meta = await readMetafile();
    return coverage.result
      .filter(({ url }) => url.startsWith('file:'))
      .map(({ url }) => relative(packageRoot, fileURLToPath(url)))
      .flatMap((file) => [file, ...Object.keys(meta.outputs[file]?.inputs ?? {})])
      .map((file) => (file.startsWith('src/') ? `packages/colony-cli/${file}` : file))
      .map((file) => file.replace(/^\.\.\/(?!\.\.)/, 'packages/'));
  }

  it.each([['--help'], ['--version']])('answers %s from its entry alone', async (option) => {
    await expect(loadedBy([option])).resolves.toEqual(['dist/bin/coral.js']);
  });

  it.each([
    [['colony', '--help']],
    [['colony', 'start', '--help']],
    [['sql', '--nonsense']],
    [['completions', 'zsh']],
    [['complete', '--', 'colony', '']],
  ])('loads no schema library, driver, log or server for %j', async (args) => {
    const loaded = await loadedBy(args);
    expect(loaded).toContain('packages/colony-cli/src/program.ts');
    expect(loaded.filter((file) => heavy.test(file))).toEqual([]);
  });

  it('sees what is loaded when something is: the proof above can fail', async () => {
    await coral.init();
    const loaded = await loadedBy(['colony', 'current']);
    expect(loaded.some((file) => heavy.test(file))).toBe(true);
    expect(loaded.some((file) => /@duckdb|packages\/server/.test(file))).toBe(false);
  });

  it('has no RPC library among what a start waits for, and has it in what comes after', async () => {
    const rpc = /node_modules\/(?:@connectrpc|@bufbuild)\//;
    const waitedFor = [
      ...(await loadedWith('src/startup/storage-parts.ts')),
      ...(await loadedWith('src/startup/server-parts.ts')),
    ];
    expect(waitedFor).toContain('../server/src/start-server.ts');
    expect(waitedFor).toContain('../storage/src/database.ts');
    expect(waitedFor.filter((file) => rpc.test(file))).toEqual([]);
    const later = await loadedWith('../server/src/protobuf-part.ts');
    expect(later.some((file) => rpc.test(file))).toBe(true);
  });

  it('prints the same help as the parser', async () => {
    const prepared = await coral.run(['--help']);
    const parsed = await coral.run(['--help', '--no-color']);
    expect(prepared).toEqual({ code: 0, stdout: parsed.stdout, stderr: '' });
    expect(prepared.stdout).toContain('coral colony start');
  });

  it('prints the version of its package', async () => {
    const manifest = JSON.parse(await readFile(resolve(packageRoot, 'package.json'), 'utf8')) as {
      version: string;
    };
    for (const option of ['--version', '-V']) {
      expect((await coral.run([option])).stdout).toBe(`${manifest.version}\n`);
    }
    expect((await coral.run(['--no-color', '--version'])).stdout).toBe(`${manifest.version}\n`);
  });
});
