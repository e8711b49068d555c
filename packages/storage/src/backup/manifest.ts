import { StorageError } from '../storage-error.js';
import type { Fingerprints } from './fingerprints.js';

/** What a backup says about itself, as JSON at its end. */
export interface BackupManifest {
  readonly format: 'coral-backup';
  /** Of this description. */
  readonly formatVersion: 1;
  readonly colonyId: string;
  /** ISO 8601, UTC: the backup holds what was acknowledged before. */
  readonly createdAt: string;
  /** Of the program that made it, as it called itself. */
  readonly coralVersion: string;
  readonly schemaVersion: number;
  readonly duckdbVersion: string;
  /** Of the database in it. */
  readonly sizeBytes: number;
  /** Of the database in it, hexadecimal. */
  readonly sha256: string;
  readonly tables: Fingerprints;
  /** From the oldest to the newest row that is about a moment; null when there is none. */
  readonly timeRange: { readonly from: string; readonly to: string } | null;
}

/** @throws {StorageError} `STORAGE_BACKUP_INVALID` */
export function parseManifest(text: string, file: string): BackupManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidBackup(file, 'its manifest is damaged', cause);
  }
  const manifest = value as Partial<BackupManifest>;
  if (manifest.format !== 'coral-backup') throw invalidBackup(file, 'its manifest is not ours');
  if (manifest.formatVersion !== 1) {
    throw new StorageError(
      'STORAGE_SCHEMA_NEWER',
      `${file} is a backup of a later release. Install that release or a later one to read it.`,
      { details: { path: file } },
    );
  }
  const isWhole =
    Number.isSafeInteger(manifest.sizeBytes) &&
    /^[0-9a-f]{64}$/.test(manifest.sha256 ?? '') &&
    Number.isSafeInteger(manifest.schemaVersion) &&
    typeof manifest.tables === 'object';
  if (!isWhole) throw invalidBackup(file, 'its manifest lacks something');
  return manifest as BackupManifest;
}

export function invalidBackup(file: string, because: string, cause?: unknown): StorageError {
  return new StorageError(
    'STORAGE_BACKUP_INVALID',
    `${file} cannot be restored: ${because}. Nothing was changed. Use another backup.`,
    { details: { path: file }, cause },
  );
}
