/** Every code a {@link StorageError} can carry. Codes are part of the API; messages are prose. */
export const storageErrorCodes = [
  'STORAGE_PATH_INVALID',
  'STORAGE_PATH_NOT_DIRECTORY',
  'STORAGE_PATH_NOT_WRITABLE',
  'STORAGE_COLONY_ID_INVALID',
  'STORAGE_LOCKED',
  'STORAGE_NOT_A_DATABASE',
  'STORAGE_CORRUPT',
  'STORAGE_SCHEMA_NEWER',
  'STORAGE_MIGRATION_CHANGED',
  'STORAGE_MIGRATION_PENDING',
  'STORAGE_NOT_OPEN',
  'STORAGE_UNREACHABLE',
  'STORAGE_DISK_FULL',
  'STORAGE_BUDGET_EXCEEDED',
  'STORAGE_NO_ROOM',
  'STORAGE_OUTPUT_EXISTS',
  'STORAGE_BACKUP_INVALID',
  'STORAGE_KEY_WRONG',
  'STORAGE_INVALID_INPUT',
  'STORAGE_CONSTRAINT',
  'STORAGE_CONFLICT',
  'STORAGE_TIMEOUT',
  'STORAGE_CANCELLED',
  'STORAGE_SQL_INVALID',
  'STORAGE_SQL_REFUSED',
  'STORAGE_OVERLOADED',
  'STORAGE_OUT_OF_MEMORY',
  'STORAGE_FATAL',
  'STORAGE_INTERNAL',
] as const;

export type StorageErrorCode = (typeof storageErrorCodes)[number];

/** Small facts about a failure, for programs: a path, a pid, a field's name. */
export type StorageErrorDetails = Readonly<Record<string, string | number | boolean>>;

export interface StorageErrorOptions {
  readonly cause?: unknown;
  readonly details?: StorageErrorDetails;
}

/**
 * The only error that this package throws for anything but a programmer's mistake.
 *
 * Branch on `code`; the message says what failed, on what, and what to do.
 * `docs/errors.md` has a row for each code.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;
  readonly details: StorageErrorDetails;

  constructor(code: StorageErrorCode, message: string, options: StorageErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Recognises a {@link StorageError} by its code, also across realms and duplicate installs. */
export function isStorageError(value: unknown): value is StorageError {
  if (typeof value !== 'object' || value === null) return false;
  const { name, code } = value as { name?: unknown; code?: unknown };
  return name === 'StorageError' && storageErrorCodes.includes(code as StorageErrorCode);
}
