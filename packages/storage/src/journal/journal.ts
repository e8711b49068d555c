import { writeSync, writevSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory } from '../files/sync-directory.js';
import { toPathError } from '../lifecycle/path-error.js';
import { journalPaths, removeJournal } from './journal-files.js';
import { toFrame, type JournalEntry } from './journal-frame.js';

interface JournalFile {
  readonly path: string;
  handle: FileHandle | undefined;
  /** Where the next frame goes. */
  end: number;
  /** The newest entry in it. */
  newest: number;
}

interface Waiting extends JournalEntry {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** How long a file becomes before the other one takes its turn. bytes */
const turnBytes = 8 * 1024 ** 2;
/** Frames are read into memory whole, and are there whole or not at all. bytes */
const maxFrameBytes = 8 * 1024 ** 2;

/**
 * What was acknowledged and is not in the database yet: entries that one write and one fdatasync bring
 * to the disk, where a commit of DuckDB takes several times as long.
 *
 * Two files, each written over from its start once the database has all that is in it: overwriting is
 * faster to bring to the disk than growing, and needs no more room.
 */
export class Journal {
  readonly #databasePath: string;
  #files: readonly [JournalFile, JournalFile];
  #waiting: Waiting[] = [];
  #loop: Promise<void> | undefined;
  #nextSequence: number;
  #drainedUntil: number;

  /** @param drainedUntil the newest sequence that the database knows; entries of this journal follow it */
  constructor(databasePath: string, drainedUntil: number) {
    const [a, b] = journalPaths(databasePath);
    this.#databasePath = databasePath;
    this.#files = [newFile(a), newFile(b)];
    this.#drainedUntil = drainedUntil;
    this.#nextSequence = drainedUntil + 1;
  }

  /**
   * Adds an entry; entries that are added while one is written share the next frame.
   *
   * @returns its sequence, and what resolves once it is on the disk, or rejects with
   *   `STORAGE_DISK_FULL`, `STORAGE_PATH_…`
   */
  add(bytes: Uint8Array): { readonly sequence: number; readonly written: Promise<void> } {
    const sequence = this.#nextSequence++;
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ sequence, bytes, resolve, reject });
    });
    this.#loop ??= this.#writeAll();
    return { sequence, written };
  }

  /** The database has everything up to this sequence, on the disk. */
  drained(sequence: number): void {
    this.#drainedUntil = sequence;
  }

  /** Waits for what is being written; removes the files when the database has all that is in them. */
  async close(): Promise<void> {
    await this.#loop;
    for (const { handle } of this.#files) await handle?.close();
    const isDrained = this.#files.every(({ newest }) => newest <= this.#drainedUntil);
    if (isDrained) await removeJournal(this.#databasePath);
  }

  async #writeAll(): Promise<void> {
    // One turn, so that entries added together share the first frame.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#writeFrame(group);
        for (const { resolve } of group) resolve();
      } catch (reason) {
        const error = toPathError(reason, this.#files[0].path);
        for (const { reject } of group) reject(error);
      }
    }
    this.#loop = undefined;
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let size = 0;
    for (const entry of this.#waiting) {
      bytes += entry.bytes.length;
      if (size > 0 && bytes > maxFrameBytes) break;
      size += 1;
    }
    return this.#waiting.splice(0, size);
  }

  async #writeFrame(entries: readonly JournalEntry[]): Promise<void> {
    this.#takeTurns();
    const file = this.#files[0];
    file.handle ??= await create(file.path);
    const frame = toFrame(entries);
    const length = frame.reduce((sum, part) => sum + part.length, 0);
    writeWhole(file.handle.fd, frame, length, file.end);
    await file.handle.datasync();
    file.end += length;
    file.newest = entries.at(-1)!.sequence;
  }

  #takeTurns(): void {
    const [current, other] = this.#files;
    if (current.newest <= this.#drainedUntil) current.end = 0;
    else if (current.end >= turnBytes && other.newest <= this.#drainedUntil) {
      other.end = 0;
      this.#files = [other, current];
    }
  }
}

function newFile(file: string): JournalFile {
  return { path: file, handle: undefined, end: 0, newest: 0 };
}

async function create(file: string): Promise<FileHandle> {
  const handle = await open(file, 'w', 0o600);
  await syncDirectory(path.dirname(file));
  return handle;
}

/**
 * Into the system's memory, at once: no disk is waited for, and another thread would cost more. It may
 * write less than it is asked to, when the disk gets full for one.
 */
function writeWhole(fd: number, frame: readonly Uint8Array[], length: number, at: number): void {
  let done = writevSync(fd, frame, at);
  if (done === length) return;
  const rest = Buffer.concat(frame);
  while (done < length) done += writeSync(fd, rest, done, length - done, at + done);
}
