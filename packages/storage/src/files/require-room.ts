import { stat, statfs } from 'node:fs/promises';
import { toPathError } from '../lifecycle/path-error.js';
import { StorageError } from '../storage-error.js';

/** Beside the copy itself: what the colony writes meanwhile. bytes */
const marginBytes = 16 * 1024 ** 2;

/**
 * Refuses a copy for which the disk has no room, before it fills the disk under a colony that runs:
 * DuckDB gives up a database whose CHECKPOINT meets a full disk.
 *
 * @param database what is to be copied; only looked at by `stat`
 * @param margin what is to stay free beside it, bytes
 * @throws {StorageError} `STORAGE_NO_ROOM` with what is needed and free, `STORAGE_PATH_…`
 */
export async function requireRoom(
  directory: string,
  database: string,
  margin = marginBytes,
): Promise<void> {
  const { neededBytes, freeBytes } = await roomFor(directory, database, margin);
  if (freeBytes >= neededBytes) return;
  throw new StorageError(
    'STORAGE_NO_ROOM',
    `A copy of ${database} needs about ${megabytes(neededBytes)} in ${directory}, where ${megabytes(freeBytes)} are free. Free some space, or choose another disk.`,
    { details: { path: directory, neededBytes, freeBytes } },
  );
}

/** What a copy needs, and what there is. bytes */
export interface Room {
  readonly neededBytes: number;
  readonly freeBytes: number;
}

/** By `stat` alone: the database may be open. @throws {StorageError} `STORAGE_PATH_…` */
export async function roomFor(
  directory: string,
  database: string,
  margin = marginBytes,
): Promise<Room> {
  const { bavail, bsize } = await statfs(directory).catch((reason: unknown) => {
    throw toPathError(reason, directory);
  });
  return { neededBytes: (await stat(database)).size + margin, freeBytes: bavail * bsize };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
