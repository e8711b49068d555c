// Backup, snapshot and compact on a disk that runs full under them: a real one, in memory.
import { describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { spawnSync } from 'node:child_process';
import { buildProgram } from './support/build-program.js';

// A mount namespace of its own: what is mounted there is gone with its process, whatever happens.
const unshare = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];
const mountIn = (directory: string) => `mount -t tmpfs -o size=128m tmpfs '${directory}'`;
const canMount = spawnSync('unshare', [...unshare, 'sh', '-c', mountIn('/mnt')]).status === 0;

(canMount ? describe : describe.skip)('a disk that runs full while a copy is made', () => {
  const dir = useTempDir();

  it('costs the copy alone: the colony goes on, and nothing is left behind', async () => {
    const child = await spawnProcess({
      command: 'unshare',
      args: [
        ...unshare,
        'sh',
        '-c',
        `${mountIn(dir.path)} && exec "$0" "$@"`,
        process.execPath,
        await buildProgram('full-disk-copies'),
        dir.path,
      ],
      env: cleanEnv({ home: '/' }),
    });
    const exit = await child.waitForExit({ timeoutMs: 60_000 });
    expect({ ...exit, stderr: child.stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    const full = (phase: string) => [
      [`full in ${phase}`, 'STORAGE_DISK_FULL'],
      ['read', true],
      ['write again', 'done'],
      ['checkpoint', 'done'],
    ];
    expect(
      child.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
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
