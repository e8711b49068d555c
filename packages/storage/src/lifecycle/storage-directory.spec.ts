import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { checkDatabaseFile, ensureStorageDirectory } from './storage-directory.js';

const dir = useTempDir();
// Root may write everywhere: what only others are refused can be tried by others only.
const isRoot = process.getuid?.() === 0;

describe('ensureStorageDirectory', () => {
  it('creates the directory and its parents', async () => {
    await ensureStorageDirectory(dir.file('a', 'b'));
    expect(await readdir(dir.file('a'))).toEqual(['b']);
  });

  it('is content with one that is there, also through a link', async () => {
    await mkdir(dir.file('there'));
    await symlink(dir.file('there'), dir.file('link'));
    await ensureStorageDirectory(dir.file('there'));
    await ensureStorageDirectory(dir.file('link'));
  });

  it.each([['occupied'], ['occupied/below'], ['occupied/far/below']])(
    'refuses %s where `occupied` is a file',
    async (name) => {
      await writeFile(dir.file('occupied'), '');
      await expect(ensureStorageDirectory(dir.file(name))).rejects.toMatchObject({
        code: 'STORAGE_PATH_NOT_DIRECTORY',
        details: { path: dir.file(name) },
      });
    },
  );

  it('refuses a link to nowhere', async () => {
    await symlink(dir.file('nowhere', 'x'), dir.file('dangling'));
    await expect(ensureStorageDirectory(dir.file('dangling'))).rejects.toMatchObject({
      code: expect.stringMatching(/^STORAGE_PATH_/),
    });
  });

  it('refuses a circle of links', async () => {
    await symlink(dir.file('b'), dir.file('a'));
    await symlink(dir.file('a'), dir.file('b'));
    await expect(ensureStorageDirectory(dir.file('a', 'x'))).rejects.toMatchObject({
      code: 'STORAGE_PATH_INVALID',
    });
  });

  it('refuses a name that is too long for the file system', async () => {
    await expect(ensureStorageDirectory(dir.file('x'.repeat(300)))).rejects.toMatchObject({
      code: 'STORAGE_PATH_INVALID',
    });
  });

  if (existsSync('/proc/self')) {
    it('refuses a place where nothing can be created, even by root', async () => {
      await expect(ensureStorageDirectory('/proc/coral')).rejects.toMatchObject({
        code: 'STORAGE_PATH_NOT_WRITABLE',
        details: { path: '/proc/coral' },
      });
    });
  }

  if (!isRoot) {
    it('refuses a directory that is read-only', async () => {
      await mkdir(dir.file('readonly'));
      await chmod(dir.file('readonly'), 0o555);
      for (const name of ['readonly', 'readonly/below']) {
        await expect(ensureStorageDirectory(dir.file(name))).rejects.toMatchObject({
          code: 'STORAGE_PATH_NOT_WRITABLE',
        });
      }
    });
  }
});

describe('checkDatabaseFile', () => {
  const header = (marker: string) => Buffer.concat([Buffer.alloc(8), Buffer.from(marker)]);

  it('says that a file is not there', async () => {
    expect(await checkDatabaseFile(dir.file('none.duckdb'))).toBe(false);
  });

  it('says that a file with DuckDB’s marker is there', async () => {
    await writeFile(dir.file('some.duckdb'), header('DUCK'));
    expect(await checkDatabaseFile(dir.file('some.duckdb'))).toBe(true);
  });

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['eleven bytes, one less than the marker needs', header('DUC')],
    ['another marker', header('DUCk')],
    ['an SQLite file', Buffer.from('SQLite format 3\0')],
    ['text', Buffer.from('id,name\n1,checkout\n')],
  ])('refuses %s', async (_, bytes) => {
    await writeFile(dir.file('other.duckdb'), bytes);
    await expect(checkDatabaseFile(dir.file('other.duckdb'))).rejects.toMatchObject({
      code: 'STORAGE_NOT_A_DATABASE',
      details: { path: dir.file('other.duckdb') },
    });
  });

  it('refuses a directory', async () => {
    await mkdir(dir.file('dir.duckdb'));
    await expect(checkDatabaseFile(dir.file('dir.duckdb'))).rejects.toMatchObject({
      code: 'STORAGE_NOT_A_DATABASE',
    });
  });

  if (!isRoot) {
    it('refuses a file that is read-only', async () => {
      await writeFile(dir.file('readonly.duckdb'), header('DUCK'), { mode: 0o444 });
      await expect(checkDatabaseFile(dir.file('readonly.duckdb'))).rejects.toMatchObject({
        code: 'STORAGE_PATH_NOT_WRITABLE',
      });
    });
  }
});
