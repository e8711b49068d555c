import { readdir, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { copyDurably } from '../lifecycle/durable-file.js';
import { toPathError } from '../lifecycle/path-error.js';
import { StorageError } from '../storage-error.js';

/** How many copies from before an upgrade stay: the last one, and one to fall back on behind it. */
const keptBackups = 2;
/** What an upgrade may need beside the copy: new tables, and the log of their making. bytes */
const marginBytes = 16 * 1024 ** 2;

/** Where the copy of a file from before a migration lies: `{colony_id}.duckdb.before-v3`. */
export function upgradeBackupPath(databasePath: string, firstVersion: number): string {
  return `${databasePath}.before-v${firstVersion}`;
}

/** What an upgrade needs on the disk, and what there is. bytes */
export interface UpgradeRoom {
  readonly neededBytes: number;
  readonly freeBytes: number;
}

/** By stat alone: the file may be open. */
export async function upgradeRoom(databasePath: string): Promise<UpgradeRoom> {
  const { size } = await stat(databasePath);
  const { bavail, bsize } = await statfs(path.dirname(databasePath));
  return { neededBytes: size + marginBytes, freeBytes: bavail * bsize };
}

/**
 * Copies a closed database whose log is empty, so that what comes next can be undone.
 *
 * @param firstVersion the first migration that is about to run
 * @returns the copy's path
 * @throws {StorageError} `STORAGE_DISK_FULL` before anything is written when there is no room
 */
export async function makeUpgradeBackup(
  databasePath: string,
  firstVersion: number,
): Promise<string> {
  const backup = upgradeBackupPath(databasePath, firstVersion);
  try {
    await requireRoom(databasePath);
    await copyDurably(databasePath, backup);
  } catch (reason) {
    throw toPathError(reason, backup);
  }
  return backup;
}

async function requireRoom(databasePath: string): Promise<void> {
  const { neededBytes, freeBytes } = await upgradeRoom(databasePath);
  if (freeBytes >= neededBytes) return;
  throw new StorageError(
    'STORAGE_DISK_FULL',
    `Cannot upgrade ${databasePath}: the copy that is made first needs ${neededBytes} bytes, and ${freeBytes} are free. ` +
      'Free some space and start again; the file is as it was.',
    { details: { path: databasePath, neededBytes, freeBytes } },
  );
}

/** Removes all but the newest copies. @returns those that stay, the newest first */
export async function dropOldUpgradeBackups(databasePath: string): Promise<string[]> {
  const backups = await listUpgradeBackups(databasePath);
  for (const old of backups.slice(keptBackups)) await rm(old, { force: true });
  return backups.slice(0, keptBackups);
}

/** Paths, the newest version first. */
export async function listUpgradeBackups(databasePath: string): Promise<string[]> {
  const prefix = `${path.basename(databasePath)}.before-v`;
  const names = await readdir(path.dirname(databasePath));
  return names
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .sort((a, b) => Number(b.slice(prefix.length)) - Number(a.slice(prefix.length)))
    .map((name) => path.join(path.dirname(databasePath), name));
}
