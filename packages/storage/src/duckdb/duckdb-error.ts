import { isStorageError, StorageError, type StorageErrorCode } from '../storage-error.js';

/** The instance is lost, whatever the reason: a full disk during a CHECKPOINT is one. */
const fatalPrefix = /^FATAL Error/;

/**
 * DuckDB's errors carry no code, only a prefix, so the first pattern that matches decides.
 *
 * Errors about a statement quote it: they are recognised by their prefix, before any pattern looks
 * into the text, so that `SELECT corrupt FROM services` is not taken for a damaged file.
 */
const translations: readonly (readonly [RegExp, StorageErrorCode, string])[] = [
  [
    /^[A-Z][A-Za-z ]* Error: Failure while replaying WAL/,
    'STORAGE_CORRUPT',
    'The write-ahead log is damaged. Restore a backup.',
  ],
  [
    /^[A-Z][A-Za-z ]* Error: Cannot (?:write to database|execute statement of type) .*read-only/s,
    'STORAGE_SQL_REFUSED',
    'Only reading is allowed here.',
  ],
  [
    /^(?:Parser|Binder|Catalog|Conversion|Invalid Input|Out of Range|Mismatch Type|Not implemented|Expression|Syntax|Sequence|Parameter Not Resolved|Parameter Not Allowed|Invalid Type) Error/i,
    'STORAGE_SQL_INVALID',
    'Correct the SQL and try again.',
  ],
  [/^Constraint Error/i, 'STORAGE_CONSTRAINT', 'The row breaks a constraint of its table.'],
  [
    // Only that file is given up, and it is thrown away: the colony's own goes on.
    /^IO Error: Checkpoint failed for database "coral_copy".*No space left on device/is,
    'STORAGE_DISK_FULL',
    'The disk is full. Free some space and try again; nothing acknowledged was lost.',
  ],
  [
    /database has been invalidated/i,
    'STORAGE_FATAL',
    'DuckDB gave up this instance. Close the database and open it again.',
  ],
  [
    /No space left on device|Disk quota exceeded|max_temp_directory_size/i,
    'STORAGE_DISK_FULL',
    'The disk is full. Free some space and try again; nothing acknowledged was lost.',
  ],
  [
    /Conflicting lock is held/i,
    'STORAGE_LOCKED',
    'Another process holds the database. Stop it first.',
  ],
  [
    fatalPrefix,
    'STORAGE_FATAL',
    'DuckDB gave up this instance. Close the database and open it again.',
  ],
  [
    /not a valid DuckDB database file/i,
    'STORAGE_NOT_A_DATABASE',
    'The file is not a DuckDB database. Move it aside, or restore a backup.',
  ],
  [
    /Could not read enough bytes|Corrupt|checksum|Serialization Error|Failed to deserialize/i,
    'STORAGE_CORRUPT',
    'The file is damaged. Restore a backup.',
  ],
  [/^INTERRUPT Error/i, 'STORAGE_CANCELLED', 'The query was stopped.'],
  [
    /^TransactionContext Error.*[Cc]onflict|^Transaction.*[Cc]onflict/s,
    'STORAGE_CONFLICT',
    'Another write changed the same rows. Try again.',
  ],
  [
    /^Permission Error|file system operations are disabled/i,
    'STORAGE_SQL_REFUSED',
    'Files cannot be reached from SQL here.',
  ],
  [
    /^Out of Memory Error/i,
    'STORAGE_OUT_OF_MEMORY',
    'The query needs more memory than the store may use. Ask for less, or raise the memory limit.',
  ],
];

/**
 * Turns anything that the driver threw into a {@link StorageError}; returns one as it is.
 *
 * Shape: `details.fatal` is true when the instance must be closed and opened again; `details.pid`
 * names the process that holds the file.
 *
 * @param doing What failed, for the message: `open /x/y.duckdb`, `append points`.
 */
export function toStorageError(reason: unknown, doing: string): StorageError {
  if (isStorageError(reason)) return reason;
  const text = messageOf(reason);
  const [, code, advice] = translations.find(([pattern]) => pattern.test(text)) ?? [
    undefined,
    'STORAGE_INTERNAL' as const,
    'This is unexpected: please report it with the log around it.',
  ];
  const isFatal = code === 'STORAGE_FATAL' || fatalPrefix.test(text);
  const place = /Corrupt WAL file: entry at byte position (\d+)/.exec(text)?.[1];
  const holder = code === 'STORAGE_LOCKED' ? /PID (\d+)/.exec(text)?.[1] : undefined;
  const said = text.trim();
  // Several lines end in a mark below the place in the SQL: what follows stands below it.
  const gap = said.includes('\n') ? '\n' : ' ';
  return new StorageError(code, `Cannot ${doing}: ${said}${gap}${advice}`, {
    cause: reason,
    details: {
      ...(holder ? { pid: Number(holder) } : {}),
      // Where the entry that does not match its checksum ends in the log.
      ...(place ? { damagedBefore: Number(place) } : {}),
      ...(isFatal ? { fatal: true } : {}),
    },
  });
}

function messageOf(reason: unknown): string {
  // Under Jest a native error comes from another realm: look at its shape, not at its class.
  if (typeof reason === 'object' && reason !== null && 'message' in reason) {
    return String(reason.message);
  }
  return String(reason);
}
