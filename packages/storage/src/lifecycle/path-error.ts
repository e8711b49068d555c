import { StorageError } from '../storage-error.js';

/**
 * What the system said of a path, as an error of ours; what it does not know it returns as it is.
 *
 * The only translator of file system errors, as `duckdb-error.ts` is of DuckDB's.
 */
export function toPathError(reason: unknown, path: string): unknown {
  const { code } = reason as NodeJS.ErrnoException;
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return notADirectory(path, reason);
    case 'ENOSPC':
    case 'EDQUOT':
      return new StorageError(
        'STORAGE_DISK_FULL',
        `Cannot write to ${path}: the disk is full. Free some space.`,
        { cause: reason, details: { path } },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT': // mkdir says so below /proc and the like
      return new StorageError(
        'STORAGE_PATH_NOT_WRITABLE',
        `Cannot write to ${path} (${code}). Give this user write permission there, or choose another storage path.`,
        { cause: reason, details: { path } },
      );
    case 'ENAMETOOLONG':
    case 'ELOOP':
      return new StorageError(
        'STORAGE_PATH_INVALID',
        `Cannot use ${path} (${code}). Choose another storage path.`,
        { cause: reason },
      );
    default:
      return reason;
  }
}

export function notADirectory(directory: string, cause?: unknown): StorageError {
  return new StorageError(
    'STORAGE_PATH_NOT_DIRECTORY',
    `Cannot store data in ${directory}: it, or a part of its path, is a file. Choose a directory as storage path.`,
    { details: { path: directory }, cause },
  );
}
