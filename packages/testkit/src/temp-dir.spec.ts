import { beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { createTempDir, useTempDir } from './temp-dir.js';

describe('createTempDir', () => {
  it('removes the directory and its content at the end of the block', async () => {
    let path: string;
    {
      await using dir = createTempDir({ prefix: 'my-' });
      path = dir.path;
      await mkdir(dir.file('a', 'b'), { recursive: true });
      await writeFile(dir.file('a', 'b', 'c.txt'), 'x');
      expect(isAbsolute(path)).toBe(true);
      expect(path).toContain('my-');
    }
    expect(existsSync(path)).toBe(false);
  });

  it('removes what a test made read-only', async () => {
    const dir = createTempDir();
    await mkdir(dir.file('locked'));
    await writeFile(dir.file('locked', 'file'), '');
    await chmod(dir.file('locked'), 0o500);
    await dir.remove();
    expect(existsSync(dir.path)).toBe(false);
  });

  it('may be removed twice', async () => {
    const dir = createTempDir();
    await dir.remove();
    await expect(dir.remove()).resolves.toBeUndefined();
  });
});

describe('useTempDir', () => {
  const seen: string[] = [];
  const dir = useTempDir();
  const shared = useTempDir({ per: 'file' });
  let pathInBeforeAll: string;

  beforeAll(async () => {
    pathInBeforeAll = shared.path;
    await writeFile(shared.file('made-in-before-all'), '');
  });

  it('gives a test one empty directory', async () => {
    seen.push(dir.path);
    expect(await readdir(dir.path)).toEqual([]);
    await writeFile(dir.file('a.txt'), '');
    expect(await readdir(dir.path)).toEqual(['a.txt']);
  });

  it('gives the next test another one and has removed the first', async () => {
    expect(seen).not.toContain(dir.path);
    expect(await readdir(dir.path)).toEqual([]);
    expect(existsSync(seen[0]!)).toBe(false);
  });

  it('keeps one directory per file when asked', async () => {
    expect(shared.path).toBe(pathInBeforeAll);
    expect(await readdir(shared.path)).toEqual(['made-in-before-all']);
  });

  it('may be called inside a test', () => {
    const inner = useTempDir();
    seen.push(inner.path);
    expect(existsSync(inner.path)).toBe(true);
    expect(inner.path).not.toBe(dir.path);
  });

  it('has removed the directory made inside a test', () => {
    expect(existsSync(seen.at(-1)!)).toBe(false);
  });

  describe('outside a test', () => {
    let failure: unknown;
    beforeAll(() => {
      try {
        void dir.path;
      } catch (error) {
        failure = error;
      }
    });

    it('refuses a directory that would belong to no test', () => {
      expect(String(failure)).toContain("per: 'file'");
    });
  });
});
