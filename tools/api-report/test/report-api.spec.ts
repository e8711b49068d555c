import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { spawnProcess, useTempDir, type ProcessHarness } from '@coral/testkit';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/main.mjs', import.meta.url));
const nodeModules = fileURLToPath(new URL('../../../node_modules', import.meta.url));

// Each program reads the compiler: three of them take long on a busy machine.
jest.setTimeout(120_000);

describe('the API report', () => {
  const dir = useTempDir();

  beforeEach(async () => {
    await mkdir(dir.file('shop', 'dist'), { recursive: true });
    await symlink(nodeModules, dir.file('node_modules'), 'dir');
    const manifest = {
      name: '@coral/shop',
      version: '0.1.0',
      type: 'module',
      exports: { '.': { types: './dist/index.d.ts' } },
    };
    await writeFile(dir.file('shop', 'package.json'), JSON.stringify(manifest));
    await declare('export declare function open(path: string): Promise<void>;');
  });

  const declare = (declarations: string): Promise<void> =>
    writeFile(dir.file('shop', 'dist', 'index.d.ts'), `${declarations}\n`);

  async function run(mode: string): Promise<ProcessHarness> {
    const args = [main, mode];
    const child = await spawnProcess({ command: process.execPath, args, cwd: dir.file('shop') });
    await child.waitForExit();
    return child;
  }

  it('is written on request and then found up to date', async () => {
    expect((await run('--check')).output).toContain('does not exist');
    expect((await run('--update')).exit).toEqual({ code: 0, signal: null });
    expect(await readFile(dir.file('shop', 'shop.api.md'), 'utf8')).toContain(
      'function open(path: string): Promise<void>;',
    );
    // The same API, laid out differently.
    await declare('export declare function open(\n  path: string,\n): Promise<void>;');
    const check = await run('--check');
    expect({ exit: check.exit, output: check.output }).toEqual({
      exit: { code: 0, signal: null },
      output: 'shop.api.md: up to date\n',
    });
  });

  it('fails when the API changes, shows how, and leaves the file alone', async () => {
    await run('--update');
    const before = await readFile(dir.file('shop', 'shop.api.md'), 'utf8');
    await declare('export declare function open(path: string, create: boolean): Promise<void>;');

    const check = await run('--check');
    expect(check.exit).toEqual({ code: 1, signal: null });
    expect(check.output).toContain('npm run api:update');
    expect(check.output).toMatch(/^\+.*create: boolean/m);
    expect(await readFile(dir.file('shop', 'shop.api.md'), 'utf8')).toBe(before);
  });

  it('names types that the API uses and does not export', async () => {
    await declare('interface Hidden {} export declare function find(): Hidden; export {};');
    await run('--update');
    expect(await readFile(dir.file('shop', 'shop.api.md'), 'utf8')).toMatch(
      /ae-forgotten-export.*"Hidden"/,
    );
  });

  it('wants to be told what to do', async () => {
    expect((await run('')).exit).toEqual({ code: 2, signal: null });
  });
});
