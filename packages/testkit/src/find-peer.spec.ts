import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findPeer } from './find-peer.js';
import { useTempDir } from './temp-dir.js';

const dir = useTempDir();

async function addProgram(...parts: string[]): Promise<string> {
  const file = dir.file(...parts);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, '#!/bin/sh\n');
  await chmod(file, 0o755);
  return file;
}

describe('findPeer', () => {
  it('finds a program on PATH before one in .peers', async () => {
    const onPath = await addProgram('bin', 'peer');
    await addProgram('.peers', 'usr', 'bin', 'peer');
    const env = { PATH: `${dir.file('empty')}:${dir.file('bin')}` };
    expect(findPeer('peer', { env, from: dir.path })).toBe(onPath);
  });

  it('finds what was installed at the root of the workspace from a folder below', async () => {
    const installed = await addProgram('.peers', 'usr', 'bin', 'peer');
    const from = dir.file('packages', 'storage');
    expect(findPeer('peer', { env: {}, from })).toBe(installed);
  });

  it('gives undefined where there is none, and for a file that cannot be executed', async () => {
    const env = { PATH: dir.path, CI: '' };
    expect(findPeer('peer', { env, from: dir.path })).toBeUndefined();
    await writeFile(dir.file('peer'), 'text');
    expect(findPeer('peer', { env, from: dir.path })).toBeUndefined();
  });

  it('throws in CI, where a test that is left out goes unnoticed', () => {
    const env = { PATH: dir.path, CI: 'true' };
    expect(() => findPeer('peer', { env, from: dir.path })).toThrow(/npm run peers:install/);
  });
});
