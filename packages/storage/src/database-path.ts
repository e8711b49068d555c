import path from 'node:path';
import { StorageError } from './storage-error.js';

const pattern = /^[a-z0-9](?:[a-z0-9._-]{0,126}[a-z0-9])?$/;
const reservedOnWindows = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?$/;

/**
 * The file that holds a colony's data: `{storagePath}/{colonyId}.duckdb`, absolute.
 *
 * The id is checked here although the configuration checks it too: it becomes a file name, and a
 * hostile one must not leave the directory, whoever calls.
 *
 * Source: RFD 010, "Database filename: {colony_id}.duckdb".
 *
 * @throws {StorageError} `STORAGE_COLONY_ID_INVALID`, `STORAGE_PATH_INVALID`
 */
export function databasePath(storagePath: string, colonyId: string): string {
  if (typeof storagePath !== 'string' || storagePath === '' || storagePath.includes('\0')) {
    throw new StorageError(
      'STORAGE_PATH_INVALID',
      'The storage path is empty or holds a NUL character. Give the directory that is to hold the database.',
    );
  }
  if (typeof colonyId !== 'string' || !pattern.test(colonyId) || reservedOnWindows.test(colonyId)) {
    throw new StorageError(
      'STORAGE_COLONY_ID_INVALID',
      `${JSON.stringify(String(colonyId).slice(0, 80))} is not a colony id: use 1 to 128 of a-z, 0-9, '.', '_' and '-', ` +
        'beginning and ending with a letter or digit, and no name that Windows reserves.',
    );
  }
  return path.join(path.resolve(storagePath), `${colonyId}.duckdb`);
}
