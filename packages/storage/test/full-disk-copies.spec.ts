// Backup, snapshot and compact on a disk that runs full under them: a real one, in memory.
import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { buildProgram } from './support/build-program.js';
import { canMount, runOnSmallDisk } from './support/small-disk.js';

(canMount ? describe : describe.skip)('a disk that runs full while a copy is made', () => {
  const dir = useTempDir();

  it('costs the copy alone: the colony goes on, and nothing is left behind', async () => {
    const program = await buildProgram('full-disk-copies');
    const lines = await runOnSmallDisk(dir.path, [program, dir.path], { size: '128m' });
    const full = (phase: string) => [
      [`full in ${phase}`, 'STORAGE_DISK_FULL'],
      ['read', true],
      ['write again', 'done'],
      ['checkpoint', 'done'],
    ];
    expect(lines).toEqual([
      ['no room for a backup', 'STORAGE_NO_ROOM'],
      ['no room for a snapshot', 'STORAGE_NO_ROOM'],
      ...full('count'),
      ...full('verify'),
      ...full('write'),
      ['state', 'open'],
      ['backup with room', 'done'],
      ['close', 'done'],
      ['compact, full in count', 'STORAGE_DISK_FULL'],
      ['compact with room', 'done'],
      ['reopened', true],
      ['files', ['full-dev.duckdb']],
    ]);
  }, 90_000);
});
