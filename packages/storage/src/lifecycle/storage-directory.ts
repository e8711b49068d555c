import { access, constants, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StorageError } from '../storage-error.js';
import { notADirectory, toPathError } from './path-error.js';
import { exists } from '../files/exists.js';

/**
 * Makes sure that the storage directory exists (0755, parents too) and can be written.
 *
 * Source: RFD 010, "Ensure storage directory exists".
 *
 * @throws {StorageError} `STORAGE_PATH_NOT_DIRECTORY`, `STORAGE_PATH_NOT_WRITABLE`,
 *   `STORAGE_DISK_FULL`
 */
export async function ensureStorageDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory);
    if (!(await stat(directory)).isDirectory()) throw notADirectory(directory);
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (reason) {
    throw toPathError(reason, directory);
  }
}

/**
 * Makes a directory and its parents, one by one: the recursive `mkdir` of Node.js 20 never returns
 * where the system answers ENOENT for a directory whose parent exists, as below /proc.
 */
async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o755 });
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(directory);
    if (code !== 'ENOENT' || (await exists(parent))) throw reason;
    await makeDirectory(parent);
    await makeDirectory(directory);
  }
}

/**
 * Refuses a file that cannot be a DuckDB database before the driver sees it.
 *
 * Only called while no instance in this process has the file open: closing a descriptor of it
 * would drop DuckDB's lock.
 *
 * @returns whether the file exists
 * @throws {StorageError} `STORAGE_NOT_A_DATABASE`, `STORAGE_PATH_NOT_WRITABLE`
 */
export async function checkDatabaseFile(path: string): Promise<boolean> {
  let file;
  try {
    file = await open(path, 'r+');
  } catch (reason) {
    const { code } = reason as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code === 'EISDIR') throw notADatabase(path, 'it is a directory');
    throw toPathError(reason, path);
  }
  try {
    const { size } = await file.stat();
    if (size === 0) throw notADatabase(path, 'it is empty');
    const header = Buffer.alloc(12);
    await file.read(header, 0, header.length, 0);
    if (header.toString('latin1', 8, 12) !== 'DUCK') {
      throw notADatabase(path, 'its header is not DuckDB’s');
    }
    return true;
  } finally {
    await file.close();
  }
}

function notADatabase(path: string, because: string): StorageError {
  return new StorageError(
    'STORAGE_NOT_A_DATABASE',
    `Cannot open ${path}: ${because}. Move it aside and start again, or restore a backup.`,
    { details: { path } },
  );
}
