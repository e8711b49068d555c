import type { CodedError } from './coded-error.js';

const hints: Readonly<Record<string, string>> = {
  SERVER_ADDRESS_IN_USE:
    'Stop what listens there, or choose another port: --port 0 takes a free one.',
  STORAGE_LOCKED: 'Stop that process first (`coral colony stop`), or ask it with `coral sql`.',
  STORAGE_PATH_NOT_DIRECTORY: 'Set another folder with CORAL_STORAGE_PATH or --storage-path.',
  STORAGE_PATH_NOT_WRITABLE: 'Make the folder writable, or set another with CORAL_STORAGE_PATH.',
  STORAGE_PATH_INVALID: 'Set another folder with CORAL_STORAGE_PATH or --storage-path.',
  STORAGE_NOT_A_DATABASE: 'Move the file away or restore a copy; the next start makes a new one.',
  STORAGE_CORRUPT: 'Restore a copy of the file; nothing was written to it.',
  STORAGE_SCHEMA_NEWER: 'Use the version of Coral that wrote the file, or a newer one.',
  STORAGE_MIGRATION_PENDING:
    'Look first with `coral colony migrate --plan`, then upgrade with `--apply`.',
  STORAGE_BUDGET_EXCEEDED:
    'See what could go: coral colony retention plan. Or raise storage.max_size.',
  STORAGE_DISK_FULL: 'Free space on that disk and try again; nothing acknowledged is lost.',
  STORAGE_OUTPUT_EXISTS: 'Choose another name, or replace the file with --overwrite.',
  STORAGE_TIMEOUT: 'Ask for less, or allow more time with --timeout.',
  STORAGE_SQL_REFUSED:
    'One reading statement at a time: SELECT, SHOW, DESCRIBE, EXPLAIN and alike.',
  STORAGE_OVERLOADED: 'Try again in a moment.',
};

/** What to do about an error: its own hint, or the usual one for its code. */
export function hintFor(error: CodedError): string | undefined {
  return error.hint ?? hints[error.code];
}
