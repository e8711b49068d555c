import { describe, expect, it } from '@jest/globals';
import { onTestEnd, spawnProcess, useTempDir } from '@coral/testkit';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { acquireLock, type Lock } from './lock.js';
import { currentProcess, isAlive } from './process-identity.js';

const dir = useTempDir();
const database = () => dir.file('c.duckdb');
const lockFile = () => `${database()}.lock`;
const onDisk = async () => JSON.parse(await readFile(lockFile(), 'utf8')) as unknown;
/** No process has this pid: Linux stops before it. */
const deadPid = 2 ** 22 + 1;

/** Takes the lock for one test: its place in this process is freed even if the file is gone. */
async function acquire(): Promise<Lock> {
  const lock = await acquireLock(database());
  onTestEnd(() => lock.releaseClean());
  return lock;
}

describe('acquireLock', () => {
  it('writes who holds the file, and removes it on a clean release', async () => {
    const lock = await acquire();
    expect(lock.leftBehind).toBeUndefined();
    expect(await onDisk()).toEqual({ ...currentProcess(), state: 'open' });
    await lock.releaseClean();
    expect(await readdir(dir.path)).toEqual([]);
  });

  it('refuses a second holder in this process', async () => {
    await acquire();
    await expect(acquireLock(database())).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      details: { path: database(), pid: process.pid },
    });
  });

  it('can be taken again after a release, clean or not', async () => {
    await (await acquire()).releaseClean();
    await (await acquire()).releaseUnclean();
    expect((await acquire()).leftBehind).toMatchObject({ pid: process.pid, state: 'unclean' });
  });

  it('refuses while another process lives that holds it', async () => {
    const child = await spawnProcess({ command: 'sleep', args: ['60'] });
    const startedAt = await startTimeOf(child.pid);
    const record = JSON.stringify({ pid: child.pid, startedAt, state: 'open' });
    await writeFile(lockFile(), record);
    await expect(acquireLock(database())).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      details: { pid: child.pid },
    });
    expect(await readFile(lockFile(), 'utf8')).toBe(record);
    await child.kill9();
    expect((await acquire()).leftBehind).toMatchObject({ pid: child.pid });
  });

  it('takes over from a process that is gone, and says so', async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: deadPid, startedAt: '1', state: 'open' }));
    expect((await acquire()).leftBehind).toEqual({
      pid: deadPid,
      startedAt: '1',
      state: 'open',
    });
    expect(await onDisk()).toEqual({ ...currentProcess(), state: 'open' });
    expect(await readdir(dir.path)).toEqual(['c.duckdb.lock']);
  });

  it('does not take a pid that was given to another process for the holder', async () => {
    await writeFile(
      lockFile(),
      JSON.stringify({ pid: process.pid, startedAt: 'another life', state: 'open' }),
    );
    expect((await acquire()).leftBehind).toMatchObject({ startedAt: 'another life' });
  });

  it('takes over what a failed close left behind, though its process lives', async () => {
    await writeFile(lockFile(), JSON.stringify({ ...currentProcess(), state: 'unclean' }));
    expect((await acquire()).leftBehind).toMatchObject({ state: 'unclean' });
  });

  it.each([
    ['nothing', ''],
    ['half a record', '{"pid": 12'],
    ['no JSON', 'locked by bob'],
    ['null', 'null'],
    ['another shape', '{"pid":"1","startedAt":5}'],
    ['a state of a later release', JSON.stringify({ pid: deadPid, startedAt: '1', state: 'x' })],
  ])('takes a record of %s for one left behind', async (_, text) => {
    await writeFile(lockFile(), text);
    expect((await acquire()).leftBehind).toMatchObject({ state: 'unclean' });
  });

  it('marks what its holder does', async () => {
    const lock = await acquire();
    await lock.mark('creating');
    expect(await onDisk()).toMatchObject({ state: 'creating' });
    await lock.mark('open');
    expect(await onDisk()).toMatchObject({ state: 'open' });
    expect(await readdir(dir.path)).toEqual(['c.duckdb.lock']);
  });

  it('goes to one of many who find it stale at the same time', async () => {
    await writeFile(lockFile(), JSON.stringify({ pid: deadPid, startedAt: '1', state: 'open' }));
    const attempts = await Promise.allSettled(
      Array.from({ length: 10 }, () => acquireLock(database())),
    );
    const held = attempts.filter((attempt) => attempt.status === 'fulfilled');
    expect(held).toHaveLength(1);
    await held[0]!.value.releaseClean();
  });

  it('fails with a code where its file cannot be created, and can be tried again', async () => {
    await expect(acquireLock(dir.file('missing', 'c.duckdb'))).rejects.toMatchObject({
      code: 'STORAGE_PATH_NOT_WRITABLE',
    });
    await mkdir(dir.file('missing'));
    await (await acquireLock(dir.file('missing', 'c.duckdb'))).releaseClean();
  });
});

describe('isAlive', () => {
  it('recognises this process', () => {
    expect(isAlive(currentProcess())).toBe(true);
  });

  it('does not recognise another life of its pid', () => {
    expect(isAlive({ pid: process.pid, startedAt: 'before' })).toBe(false);
  });

  it('goes by the pid alone where no start time is known', () => {
    expect(isAlive({ pid: process.pid, startedAt: '' })).toBe(true);
  });

  it('knows that a pid is not in use', () => {
    expect(isAlive({ pid: deadPid, startedAt: '1' })).toBe(false);
  });
});

/** As `currentProcess` tells it of itself; '' where the system has no /proc. */
async function startTimeOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
  } catch {
    return '';
  }
}
