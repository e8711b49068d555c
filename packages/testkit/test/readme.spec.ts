import { beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { cleanEnv, codeBlocks, spawnProcess, useTempDir } from '../src/index.js';
import { installTestkit, toJavaScript } from './installed-testkit.js';

const packageRoot = new URL('../', import.meta.url);
const readme = await readFile(new URL('README.md', packageRoot), 'utf8');
const examples = codeBlocks(readme).filter(({ language }) => ['ts', 'js'].includes(language));
const isSpec = (code: string): boolean => code.includes('@jest/globals');

describe('README', () => {
  it('has examples of both kinds', () => {
    expect(examples.filter(({ code }) => isSpec(code)).length).toBeGreaterThan(0);
    expect(examples.filter(({ code }) => !isSpec(code)).length).toBeGreaterThan(0);
  });

  describe('examples that are programs run in plain Node', () => {
    const dir = useTempDir({ per: 'file' });
    const home = useTempDir();
    beforeAll(() => installTestkit(dir.path));

    it.each(examples.filter(({ code }) => !isSpec(code)))('line $line', async ({ line, code }) => {
      await writeFile(dir.file(`line-${line}.mjs`), await toJavaScript(code));
      const program = await spawnProcess({
        command: process.execPath,
        args: [dir.file(`line-${line}.mjs`)],
        env: cleanEnv({ home: home.path }),
      });
      const exit = await program.waitForExit();
      expect({ ...exit, stderr: program.stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    });
  });
});

// Examples that are specs run here, as they stand, each in a module of its own.
const directory = new URL('out-tsc/readme/', packageRoot);
await rm(directory, { recursive: true, force: true });
await mkdir(directory, { recursive: true });
for (const { line, code } of examples.filter((example) => isSpec(example.code))) {
  const file = new URL(`line-${line}.ts`, directory);
  await writeFile(file, code);
  await import(fileURLToPath(file));
}
