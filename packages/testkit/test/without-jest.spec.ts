import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import {
  cleanEnv,
  eventually,
  isProcessRunning,
  spawnProcess,
  useTempDir,
  type ProcessHarness,
} from '../src/index.js';
import { installTestkit, toJavaScript } from './installed-testkit.js';

describe('testkit without Jest', () => {
  const dir = useTempDir({ per: 'file' });
  const home = useTempDir();

  beforeAll(() => installTestkit(dir.path));

  async function run(
    name: string,
    typeScript: string,
    args: string[] = [],
  ): Promise<ProcessHarness> {
    await writeFile(dir.file(name), await toJavaScript(typeScript));
    return spawnProcess({
      command: process.execPath,
      args: [...args, dir.file(name)],
      env: cleanEnv({ home: home.path }),
      keepInputOpen: true,
    });
  }

  it('kills a child when its parent is killed and no hook can run', async () => {
    const parent = await run(
      'orphan.mjs',
      `import { spawnProcess } from '@coral/testkit';
       const child = await spawnProcess({
         command: process.execPath,
         args: ['-e', 'setInterval(() => {}, 1000)'],
       });
       console.log('child', child.pid);
       await child.waitForExit();`,
    );
    const pid = Number((await parent.waitForOutput(/child (\d+)/))[1]);
    expect(isProcessRunning(pid)).toBe(true);
    await parent.kill9();
    await eventually(() => !isProcessRunning(pid));
  });

  it('lets a program end although a child was guarded', async () => {
    const program = await run(
      'released.mjs',
      `import { createTempDir, spawnProcess } from '@coral/testkit';
       await using dir = createTempDir();
       await using child = await spawnProcess({ command: 'sleep', args: ['60'], cwd: dir.path });
       console.log(JSON.stringify({ path: dir.path, pid: child.pid }));`,
    );
    expect(await program.waitForExit()).toEqual({ code: 0, signal: null });
    const { path, pid } = JSON.parse(program.stdout) as { path: string; pid: number };
    expect(isProcessRunning(pid)).toBe(false);
    expect(existsSync(path)).toBe(false);
  });

  it('says what to do where no hooks are known', async () => {
    const program = await run(
      'no-hooks.mjs',
      `import { useTempDir } from '@coral/testkit'; useTempDir();`,
    );
    expect(await program.waitForExit()).toMatchObject({ code: 1 });
    expect(program.stderr).toContain('createTempDir()');
  });

  it('cleans up after the tests of another runner once it is given its hooks', async () => {
    const program = await run(
      'node-test.mjs',
      `import assert from 'node:assert/strict';
       import { existsSync } from 'node:fs';
       import { after, afterEach, beforeEach, test } from 'node:test';
       import { useRunnerHooks, useTempDir } from '@coral/testkit';
       useRunnerHooks({ beforeEach, afterEach, afterAll: after });
       const dir = useTempDir();
       let first;
       test('first', () => { first = dir.path; assert.ok(existsSync(first)); });
       test('second', () => { assert.notEqual(dir.path, first); assert.ok(!existsSync(first)); });`,
      ['--test'],
    );
    const exit = await program.waitForExit();
    expect({ ...exit, output: program.output }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/pass 2/),
    });
  });
});
