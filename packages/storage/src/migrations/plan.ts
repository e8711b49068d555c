import { createHash } from 'node:crypto';
import { StorageError } from '../storage-error.js';
import type { Migration } from './migration.js';

/** A row of `schema_version`. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * Which migrations a file still needs, in order; [] when it is current.
 *
 * @throws {StorageError} `STORAGE_SCHEMA_NEWER` when the file was written by a later release,
 *   `STORAGE_MIGRATION_CHANGED` when it went through a migration that is not ours
 */
export function planMigrations(
  applied: readonly AppliedMigration[],
  known: readonly Migration[],
): readonly Migration[] {
  const newest = Math.max(0, ...applied.map(({ version }) => version));
  if (newest > known.length) {
    throw new StorageError(
      'STORAGE_SCHEMA_NEWER',
      `The database has schema version ${newest}; this release knows up to ${known.length}. ` +
        'Install the release that wrote it, or a later one, or restore a backup made before the upgrade.',
      { details: { found: newest, known: known.length } },
    );
  }
  for (const row of applied) {
    const migration = known[row.version - 1];
    if (!migration || checksumOf(migration) !== row.checksum) {
      throw new StorageError(
        'STORAGE_MIGRATION_CHANGED',
        `The database went through migration ${row.version} (${row.name}) in another form than this release has. ` +
          'It comes from an unreleased build: open it with that build, or export its data and start a new file.',
        { details: { version: row.version } },
      );
    }
  }
  return known.filter(({ version }) => version > newest);
}

/** The refusal of a file that may not be upgraded now. */
export function migrationPending(path: string, found: number, known: number): StorageError {
  return new StorageError(
    'STORAGE_MIGRATION_PENDING',
    `Cannot open ${path}: it has schema version ${found}, this release works with ${known}, and it was told not to upgrade. ` +
      "Stop the colony and run `coral colony migrate --apply`, or open with migrate: 'apply'.",
    { details: { path, found, known } },
  );
}

/** SHA-256 over the statements, whitespace aside. */
export function checksumOf(migration: Migration): string {
  const text = migration.statements.map((sql) => sql.trim().replace(/\s+/g, ' ')).join(';\n');
  return createHash('sha256').update(text).digest('hex');
}
