import { beforeAll, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { mkdir } from 'node:fs/promises';
import { buildProgram } from './support/build-program.js';
import { unpackGolden } from './support/golden.js';
import { canMount, runOnSmallDisk, spawnOnSmallDisk } from './support/small-disk.js';

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
      const lines = await runOnSmallDisk(dir.path, [program, dir.path, what]);
      return Object.fromEntries(lines as [string, unknown][]);
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

  describe('a disk that runs full while points come in', () => {
    const dir = useTempDir();

    it.each([
      // Appended to the tables; by way of a file, for which there is no room beside the journal.
      ['go on', '100', '200000', '8m'],
      ['reopen', '100', '200000', '8m'],
      ['go on', '4000', '9000000', '32m'],
      ['reopen', '4000', '9000000', '32m'],
    ])('loses none that was acknowledged: %s, %s a request', async (what, points, space, size) => {
      const program = await buildProgram('full-disk-points');
      const args = [program, dir.path, what, points, space] as const;
      const lines = await runOnSmallDisk(dir.path, args, { size });
      expect(Object.fromEntries(lines as [string, unknown][])).toMatchObject({
        fill: 'STORAGE_DISK_FULL',
        send: 'STORAGE_DISK_FULL',
        // What only the journal has is not seen until there is space.
        read: [expect.any(Number), 0],
        'on their way': [],
        'send again': 'done',
        'read again': [0, 0],
        'close again': 'done',
        reopened: [true, [0, 0]],
      });
    });
  });

  describe('a disk that comes near its end, with a limit', () => {
    const dir = useTempDir();

    it('takes no more writes before it is full, goes on reading, and writes again by itself', async () => {
      const program = await buildProgram('short-disk');
      const disk = { size: '192m' };
      const lines = await runOnSmallDisk(dir.path, [program, dir.path], disk);
      const refused = ['STORAGE_DISK_FULL', false];
      expect(lines).toEqual([
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
      const program = await buildProgram('full-disk-changes');
      const lines = await runOnSmallDisk(root, [program, root, old], { size: '64m' });
      expect(Object.fromEntries(lines as [string, unknown][])).toEqual({
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
      const disk = { mode: 'ro' } as const;
      const child = await spawnOnSmallDisk(dir.path, [program, dir.file(storagePath)], disk);
      expect((await child.waitForExit()).code).not.toBe(0);
      expect(child.stderr).toContain('STORAGE_PATH_NOT_WRITABLE');
      expect(child.stderr).toContain(dir.file(storagePath));
    });
  });
}
