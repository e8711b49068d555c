import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { journalPaths } from '../journal/journal-files.js';
import { StorageError } from '../storage-error.js';

/**
 * Refuses a path that is one of the colony's own files, by name or by being the same file.
 *
 * Not only against overwriting: opening the live database for reading, and closing it again, would
 * drop this process's lock on it. So nothing is opened here.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT`
 */
export async function requireNotOurs(database: string, file: string): Promise<void> {
  const ours = [database, `${database}.wal`, `${database}.lock`, ...journalPaths(database)];
  const taken = new Set((await Promise.all(ours.map(identity))).filter((one) => one !== undefined));
  const its = await identity(file);
  const isSame = (its !== undefined && taken.has(its)) || (await isNamedLike(database, file));
  if (!isSame) return;
  throw new StorageError(
    'STORAGE_INVALID_INPUT',
    `${file} belongs to the colony's database. Choose another file.`,
    { details: { path: file } },
  );
}

/** `{database}`, and whatever DuckDB or Coral puts beside it under that name. */
async function isNamedLike(database: string, file: string): Promise<boolean> {
  const base = path.basename(database);
  const name = path.basename(file);
  if (name !== base && !name.startsWith(`${base}.`)) return false;
  const folders = await Promise.all([database, file].map((one) => realFolder(one)));
  return folders[0] === folders[1];
}

async function realFolder(file: string): Promise<string> {
  const folder = path.dirname(file);
  return realpath(folder).catch(() => folder); // A folder that is not there is not the database's.
}

async function identity(file: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(file, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined; // What cannot be looked at cannot be opened either, which says why.
  }
}
