import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { buildProgram } from './support/build-program.js';
import { unpackGolden } from './support/golden.js';

// A mount namespace of its own: what is mounted there is gone with its process, whatever happens.
const unshare = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];
const mountIn = (directory: string, { mode = 'rw', size = '8m' } = {}) =>
  `mount -t tmpfs -o size=${size},${mode} tmpfs '${directory}'`;
const canMount = spawnSync('unshare', [...unshare, 'sh', '-c', mountIn('/mnt')]).status === 0;

if (canMount) describeDisks();
else {
  it('cannot be tried here: this system lets nobody mount one', () => {
    expect(canMount).toBe(false);
  });
}

function describeDisks(): void {
  describe('a full disk', () => {
    const dir = useTempDir();
    let program: string;
    beforeAll(async () => {
      program = await buildProgram('full-disk');
    });

    /** What the store did, step by step. */
    async function outcomesOf(what: string): Promise<Record<string, unknown>> {
      const child = await spawnProcess({
        command: 'unshare',
        args: [
          ...unshare,
          'sh',
          '-c',
          `${mountIn(dir.path)} && exec "$0" "$@"`,
          process.execPath,
          program,
          dir.path,
          what,
        ],
        env: cleanEnv({ home: '/' }),
      });
      const exit = await child.waitForExit({ timeoutMs: 30_000 });
      expect({ ...exit, stderr: child.stderr }).toEqual({ code: 0, signal: null, stderr: '' });
      const lines = child.stdout.trim().split('\n');
      return Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, unknown]));
    }

    it('refuses writes, goes on reading, and writes again once there is space', async () => {
      expect(await outcomesOf('write')).toEqual({
        fill: 'STORAGE_DISK_FULL',
        read: true,
        write: 'STORAGE_DISK_FULL',
        'write again': 'done',
        'read again': true,
        'close again': 'done',
        'files at the end': ['full-dev.duckdb'],
        reopened: true,
      });
    });

    it('lets a store close, leaves no litter, and opens again once there is space', async () => {
      expect(await outcomesOf('close')).toEqual({
        fill: 'STORAGE_DISK_FULL',
        read: true,
        write: 'STORAGE_DISK_FULL',
        close: 'STORAGE_DISK_FULL',
        'open full': 'STORAGE_DISK_FULL',
        'create full': 'STORAGE_DISK_FULL',
        files: ['full-dev.duckdb', 'full-dev.duckdb.lock', 'full-dev.duckdb.wal'],
        'write again': 'done',
        'read again': true,
        'close again': 'done',
        'files at the end': ['full-dev.duckdb'],
        reopened: true,
      });
    });

    it('costs the instance when a checkpoint meets it, but nothing that was acknowledged', async () => {
      expect(await outcomesOf('checkpoint')).toEqual({
        fill: 'STORAGE_DISK_FULL',
        read: true,
        write: 'STORAGE_DISK_FULL',
        checkpoint: 'STORAGE_DISK_FULL',
        'read lost': 'STORAGE_FATAL',
        close: 'done',
        'open full': 'STORAGE_DISK_FULL',
        'create full': 'STORAGE_DISK_FULL',
        files: ['full-dev.duckdb', 'full-dev.duckdb.lock', 'full-dev.duckdb.wal'],
        'write again': 'done',
        'read again': true,
        'close again': 'done',
        'files at the end': ['full-dev.duckdb'],
        reopened: true,
      });
    });
  });

  describe('a disk that comes near its end, with a limit', () => {
    const dir = useTempDir();

    it('takes no more writes before it is full, goes on reading, and writes again by itself', async () => {
      const program = await buildProgram('short-disk');
      const child = await spawnProcess({
        command: 'unshare',
        args: [
          ...unshare,
          'sh',
          '-c',
          `${mountIn(dir.path, { size: '192m' })} && exec "$0" "$@"`,
          process.execPath,
          program,
          dir.path,
        ],
        env: cleanEnv({ home: '/' }),
      });
      const exit = await child.waitForExit({ timeoutMs: 60_000 });
      expect({ ...exit, stderr: child.stderr }).toEqual({ code: 0, signal: null, stderr: '' });
      const lines = child.stdout.trim().split('\n');
      const refused = ['STORAGE_DISK_FULL', false];
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
        ['fill', refused],
        ['left free', true],
        ['read', true],
        ['undo', refused],
        ['room', 'STORAGE_DISK_FULL'],
        ['checkpoint', 'done'],
        // Below a quarter not even that: a checkpoint that meets a full disk costs the instance.
        ['checkpoint nearly full', refused],
        ['read nearly full', true],
        ['write again', 'done'],
        ['open short', true],
        ['keep room', ['STORAGE_DISK_FULL', 1]],
        ['read at last', true],
      ]);
    });
  });

  describe('an upgrade and sealing on a disk that runs full', () => {
    const dir = useTempDir();

    it('fail with a code, leave what was there, and succeed once there is space', async () => {
      const root = dir.file('root');
      await mkdir(root);
      const old = await unpackGolden(1, dir.path);
      const child = await spawnProcess({
        command: 'unshare',
        args: [
          ...unshare,
          'sh',
          '-c',
          `${mountIn(root, { size: '64m' })} && exec "$0" "$@"`,
          process.execPath,
          await buildProgram('full-disk-changes'),
          root,
          old,
        ],
        env: cleanEnv({ home: '/' }),
      });
      const exit = await child.waitForExit({ timeoutMs: 60_000 });
      expect({ ...exit, stderr: child.stderr }).toEqual({ code: 0, signal: null, stderr: '' });
      const lines = child.stdout.trim().split('\n');
      expect(
        Object.fromEntries(lines.map((line) => JSON.parse(line) as [string, unknown])),
      ).toEqual({
        'upgrade without room': 'STORAGE_NO_ROOM',
        'upgrade that fills the disk': 'STORAGE_DISK_FULL',
        files: ['full-dev.duckdb'],
        'upgrade with room': 2,
        'old rows': true,
        'seal on a full disk': 'STORAGE_DISK_FULL',
        count: '[20000,20000]',
        'seal with room': 'done',
        'count again': '[20000,20000]',
      });
    }, 90_000);
  });

  describe('a read-only disk', () => {
    const dir = useTempDir();

    it.each(['.', 'below'])('is refused with a code and the path, %s', async (storagePath) => {
      const program = await buildProgram('print-times');
      const child = await spawnProcess({
        command: 'unshare',
        args: [
          ...unshare,
          'sh',
          '-c',
          `${mountIn(dir.path, { mode: 'ro' })} && exec "$0" "$@"`,
          process.execPath,
          program,
          dir.file(storagePath),
        ],
        env: cleanEnv({ home: '/' }),
      });
      expect((await child.waitForExit()).code).not.toBe(0);
      expect(child.stderr).toContain('STORAGE_PATH_NOT_WRITABLE');
      expect(child.stderr).toContain(dir.file(storagePath));
    });
  });
}
