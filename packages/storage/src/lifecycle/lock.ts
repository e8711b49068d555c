import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { StorageError } from '../storage-error.js';
import { toPathError } from './path-error.js';
import { currentProcess, isAlive, type ProcessIdentity } from './process-identity.js';

/** What stands in `{colony_id}.duckdb.lock` while the database is open. */
interface LockRecord extends ProcessIdentity {
  /**
   * 'creating' until a new file holds its schema: nothing in it was ever acknowledged.
   * 'open' while in use. 'unclean' when a close failed half-way and the owner let go.
   */
  readonly state: 'creating' | 'open' | 'unclean';
}

/** A held lock. The file's absence is the mark of a clean shutdown. */
export interface Lock {
  /** The record that a dead or failed owner left behind; undefined after a clean shutdown. */
  readonly leftBehind: LockRecord | undefined;
  /** Notes that what follows creates the file, or that it now holds its schema. */
  mark(state: 'creating' | 'open'): Promise<void>;
  /** Removes the file: the database was closed in order. */
  releaseClean(): Promise<void>;
  /** Lets go, but leaves a mark that makes the next opener audit the file. */
  releaseUnclean(): Promise<void>;
}

/** Paths open in this process: DuckDB does not refuse a second instance on one file here. */
const openHere = new Set<string>();

/**
 * Takes the colony's own lock beside the database file.
 *
 * DuckDB's lock is not enough: it is a POSIX record lock, which the owner process loses as soon as
 * it closes any other descriptor of the file, and which does not exclude a second opener in the
 * same process. Both locks together hold.
 *
 * @throws {StorageError} `STORAGE_LOCKED` with the holder's pid, `STORAGE_DISK_FULL`,
 *   `STORAGE_PATH_…`
 */
export async function acquireLock(databasePath: string): Promise<Lock> {
  const path = `${databasePath}.lock`;
  if (openHere.has(path)) throw lockedBy(databasePath, process.pid);
  openHere.add(path);
  try {
    return await acquire(databasePath, path);
  } catch (reason) {
    openHere.delete(path);
    throw toPathError(reason, path);
  }
}

/** Who has a database open, or had it and did not close it; undefined after a clean shutdown. */
export async function readLock(
  databasePath: string,
): Promise<{ readonly pid: number; readonly isHeld: boolean } | undefined> {
  const text = await readIfPresent(`${databasePath}.lock`);
  if (text === undefined) return undefined;
  const found = parseRecord(text);
  return { pid: found.pid, isHeld: found.state !== 'unclean' && isAlive(found) };
}

async function acquire(databasePath: string, path: string): Promise<Lock> {
  const mine = record('open');
  let leftBehind: LockRecord | undefined;
  for (;;) {
    if (await createExclusively(path, mine)) break;
    const text = await readIfPresent(path);
    if (text === undefined) continue; // Its owner closed in this moment.
    const found = parseRecord(text);
    if (found.state !== 'unclean' && isAlive(found)) {
      // A lock of our own pid that is not in `openHere` is another copy of this package.
      throw lockedBy(databasePath, found.pid);
    }
    leftBehind = found;
    await setAside(path, text);
  }
  return {
    leftBehind,
    mark: (state) => replaceWhole(path, record(state)),
    async releaseClean() {
      await rm(path, { force: true });
      openHere.delete(path);
    },
    async releaseUnclean() {
      await leaveMark(path, record('unclean')).finally(() => openHere.delete(path));
    },
  };
}

/** All records are of one length, so that one can be written over another. */
const recordLength = 128;

function record(state: LockRecord['state']): string {
  return JSON.stringify({ ...currentProcess(), state } satisfies LockRecord).padEnd(recordLength);
}

async function replaceWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, content, { flag: 'wx' });
    await rename(draft, path);
  } catch (reason) {
    await rm(draft, { force: true });
    throw toPathError(reason, path);
  }
}

/**
 * Writes over the record in place: on a full disk, which is when closing fails, there may be no
 * room for a second file, and a record that still said 'open' would lock this process out.
 */
async function leaveMark(path: string, content: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(content, 0);
  } finally {
    await file.close();
  }
}

/** Creates the file with its whole content or not at all, so that no reader sees half a record. */
async function createExclusively(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, content, { mode: 0o644, flag: 'wx' });
    await link(draft, path);
    return true;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw reason;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Removes a stale lock, unless another process replaced it meanwhile: rename is atomic, so of two
 * that found the same stale file one gets it; a fresh one taken by mistake is put back.
 */
async function setAside(path: string, expected: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw reason;
  }
  try {
    if ((await readIfPresent(aside)) !== expected) {
      await link(aside, path).catch((reason: NodeJS.ErrnoException) => {
        if (reason.code !== 'EEXIST') throw reason;
      });
    }
  } finally {
    await rm(aside, { force: true });
  }
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw reason;
  }
}

/** An unreadable record belongs to nobody alive: whoever wrote it wrote it whole. */
function parseRecord(text: string): LockRecord {
  try {
    const { pid, startedAt, state } = JSON.parse(text) as Partial<LockRecord>;
    if (Number.isInteger(pid) && typeof startedAt === 'string') {
      const known = state === 'creating' || state === 'open' ? state : 'unclean';
      return { pid: pid as number, startedAt, state: known };
    }
  } catch {
    // Fall through: not JSON is as good as not a record.
  }
  return { pid: 0, startedAt: '', state: 'unclean' };
}

function lockedBy(databasePath: string, pid: number): StorageError {
  const who = pid === process.pid ? 'this process already' : `another process (pid ${pid})`;
  return new StorageError(
    'STORAGE_LOCKED',
    `Cannot open ${databasePath}: ${who} holds it. Close it there first, or ask the running colony instead.`,
    { details: { path: databasePath, pid } },
  );
}
