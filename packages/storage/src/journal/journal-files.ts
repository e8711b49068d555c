import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { exists } from '../files/exists.js';
import { sizeOf } from '../files/size-of.js';
import { syncDirectory } from '../files/sync-directory.js';
import { toPathError } from '../lifecycle/path-error.js';
import { StorageError } from '../storage-error.js';
import { readFrames, type JournalEntry } from './journal-frame.js';

/** The two files that are written in turn. */
export function journalPaths(databasePath: string): readonly [string, string] {
  return [`${databasePath}.journal-a`, `${databasePath}.journal-b`];
}

/** Of both files. bytes */
export async function journalSize(databasePath: string): Promise<number> {
  const [a, b] = await Promise.all(journalPaths(databasePath).map(sizeOf));
  return a! + b!;
}

/**
 * Reads what a process that died left in the journal.
 *
 * @param drainedUntil the sequence up to which the database has it already
 * @returns in the order of their sequences
 * @throws {StorageError} `STORAGE_CORRUPT` with the place, and how to go on without the rest
 */
export async function readJournal(
  databasePath: string,
  drainedUntil: number,
): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const file of journalPaths(databasePath)) {
    const contents = await readAligned(file);
    const read = readFrames(contents, drainedUntil);
    if (read.damagedAt !== undefined) throw damagedJournal(file, read.damagedAt, contents.length);
    entries.push(...read.entries);
  }
  return entries.sort((a, b) => a.sequence - b.sequence);
}

export async function removeJournal(databasePath: string): Promise<void> {
  const files = journalPaths(databasePath);
  const areThere = await Promise.all(files.map(exists));
  if (!areThere.includes(true)) return;
  for (const file of files) await rm(file, { force: true });
  await syncDirectory(path.dirname(databasePath));
}

/** Moves the journal along with its database: beside another one it must never lie. */
export async function moveJournal(databasePath: string, to: string): Promise<void> {
  const targets = journalPaths(to);
  for (const [index, file] of journalPaths(databasePath).entries()) {
    if (await exists(file)) await rename(file, targets[index]!);
  }
}

/** Buffers of small files begin anywhere in a pool; columns have to begin at a multiple of eight. */
async function readAligned(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array();
    throw toPathError(reason, file);
  }
}

function damagedJournal(file: string, damagedAt: number, size: number): StorageError {
  return new StorageError(
    'STORAGE_CORRUPT',
    `${file} is damaged at byte ${damagedAt} of ${size}. Nothing was changed. ` +
      `Restore a backup; or, to go on without the points from there on, copy the file and run: truncate -s ${damagedAt} '${file}'`,
    { details: { path: file, damagedAt, size } },
  );
}
