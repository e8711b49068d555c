import { stat } from 'node:fs/promises';
import path from 'node:path';
import { databasePath } from '../database-path.js';
import { queryInOtherProcess } from '../duckdb/other-process.js';
import { requireRoom } from '../files/require-room.js';
import { syncFile } from '../files/sync-file.js';
import { acquireLock, type Lock } from '../lifecycle/lock.js';
import { letGo, removeUnborn } from '../lifecycle/open-file.js';
import { toPathError } from '../lifecycle/path-error.js';
import { finishReplacement, incomingPath, replaceDatabase } from '../lifecycle/replace-database.js';
import { throwIfCancelled } from '../lifecycle/side-connection.js';
import { ensureStorageDirectory } from '../lifecycle/storage-directory.js';
import { workFolder } from '../lifecycle/work-folder.js';
import { schemaVersion } from '../migrations/index.js';
import type { TaskOptions } from '../progress.js';
import { StorageError } from '../storage-error.js';
import { unpackBackupFile } from './backup-file.js';
import { readBackupKey, type BackupKey } from './backup-key.js';
import {
  fingerprintQuery,
  requireSame,
  toFingerprints,
  type Fingerprints,
} from './fingerprints.js';
import { invalidBackup, type BackupManifest } from './manifest.js';

export interface RestoreOptions extends TaskOptions {
  /** Directory of the colony's file; made (0755) when it is missing. */
  readonly storagePath: string;
  /** Whose file is replaced; need not be the colony that was backed up. */
  readonly colonyId: string;
  /** The backup. */
  readonly input: string;
  /** The key that it was made with, where it is encrypted. */
  readonly key?: BackupKey | undefined;
  /** The clock, in ms since the epoch; default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

export interface RestoreResult {
  /** The restored database, absolute. */
  readonly path: string;
  readonly manifest: BackupManifest;
  /** Where the database that was there lies now, its log beside it; undefined when none was. */
  readonly replaced: string | undefined;
  readonly durationMs: number;
}

/**
 * Puts a backup in the place of a stopped colony's database, whatever state that is in.
 *
 * The backup is unpacked beside the database, checked against its SHA-256, and read in another
 * process, row by row; only then does it take the place of the old file, which is kept aside
 * together with its log. Killed at any moment, the next open finds either the one or the other.
 *
 * @throws {StorageError} `STORAGE_LOCKED` while the colony runs, `STORAGE_BACKUP_INVALID`,
 *   `STORAGE_KEY_WRONG`, `STORAGE_SCHEMA_NEWER`, `STORAGE_NO_ROOM`, `STORAGE_DISK_FULL`,
 *   `STORAGE_CANCELLED`, `STORAGE_PATH_…`
 */
export async function restoreDatabase(options: RestoreOptions): Promise<RestoreResult> {
  const startedAt = performance.now();
  const file = databasePath(options.storagePath, options.colonyId);
  await ensureStorageDirectory(path.dirname(file));
  const key = await readBackupKey(options.key);
  const lock = await acquireLock(file);
  try {
    await finishReplacement(file);
    if (lock.leftBehind?.state === 'creating') await removeUnborn(file);
    const manifest = await unpackVerified(file, { ...options, key });
    const replaced = await putInPlace(file, options.now ?? Date.now);
    const durationMs = performance.now() - startedAt;
    await lock.releaseClean();
    return { path: file, manifest, replaced, durationMs };
  } catch (reason) {
    await abandon(file, lock);
    throw reason;
  }
}

/** The first error leads; what is left to do, the next opener does. */
async function abandon(file: string, lock: Lock): Promise<void> {
  await finishReplacement(file).catch(() => undefined);
  await letGo(lock).catch(() => undefined);
}

async function unpackVerified(
  file: string,
  options: Omit<RestoreOptions, 'key'> & { readonly key: Uint8Array | undefined },
): Promise<BackupManifest> {
  const { key, signal = new AbortController().signal, onProgress = () => undefined } = options;
  const input = path.resolve(options.input);
  const incoming = incomingPath(file);
  await requireInput(input);
  await requireRoom(path.dirname(file), input, 0);
  const manifest = await unpackBackupFile(input, incoming, { key, signal, onProgress });
  if (manifest.schemaVersion > schemaVersion) throw newer(input, manifest);
  onProgress({ phase: 'verify', done: 0, unit: 'steps' });
  await requireContents(file, input, manifest, signal);
  throwIfCancelled(signal);
  await syncFile(incoming);
  return manifest;
}

async function requireInput(input: string): Promise<void> {
  if (!(await isThere(input))) throw invalidBackup(input, 'there is no such file');
}

/** Every row is read in another process, which an unreadable file cannot take this one along. */
async function requireContents(
  file: string,
  input: string,
  { tables, duckdbVersion }: BackupManifest,
  signal: AbortSignal,
): Promise<void> {
  const names = Object.keys(tables).filter((name) => !name.startsWith('#'));
  const rows = await queryInOtherProcess(
    incomingPath(file),
    `SELECT *, version() AS version FROM (${fingerprintQuery(names)})`,
    { answerFile: await workFolder(file).file('restore.json'), signal },
  );
  const found = toFingerprints(rows);
  // Hashes mean something within one version of DuckDB only; the number of rows always does.
  const isComparable = rows[0]?.['version'] === duckdbVersion;
  try {
    if (isComparable) requireSame(input, tables, found);
    else requireSame(input, withoutHashes(tables), withoutHashes(found));
  } catch (cause) {
    throw invalidBackup(input, 'its tables are not as its manifest says', cause);
  }
}

function withoutHashes(tables: Fingerprints): Fingerprints {
  return Object.fromEntries(
    Object.entries(tables).map(([name, { rows }]) => [name, { rows, hash: '' }]),
  );
}

/** @returns where the old database lies now */
async function putInPlace(file: string, now: () => number): Promise<string | undefined> {
  const isReplacing = await isThere(file);
  const aside = await asidePath(file, new Date(now()));
  await replaceDatabase(file, aside);
  return isReplacing ? aside : undefined;
}

/** `{colony_id}.replaced-20260131T120000Z.duckdb`, a name that is free. */
async function asidePath(file: string, at: Date): Promise<string> {
  const stamp = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  const { dir, name, ext } = path.parse(file);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    const aside = path.join(dir, `${name}.replaced-${stamp}Z${suffix}${ext}`);
    if (!(await isThere(aside)) && !(await isThere(`${aside}.wal`))) return aside;
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw toPathError(reason, file);
  }
}

function newer(input: string, { schemaVersion: found }: BackupManifest): StorageError {
  return new StorageError(
    'STORAGE_SCHEMA_NEWER',
    `${input} holds schema version ${found}; this release knows ${schemaVersion}. Install the release that made it or a later one.`,
    { details: { path: input, found, known: schemaVersion } },
  );
}
