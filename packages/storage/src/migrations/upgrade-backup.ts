import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { copyFile } from '../files/copy-file.js';
import { requireRoom } from '../files/require-room.js';
import { toPathError } from '../lifecycle/path-error.js';

/** How many copies from before an upgrade stay: the last one, and one to fall back on behind it. */
const keptBackups = 2;

/** Where the copy of a file from before a migration lies: `{colony_id}.duckdb.before-v3`. */
export function upgradeBackupPath(databasePath: string, firstVersion: number): string {
  return `${databasePath}.before-v${firstVersion}`;
}

/**
 * Copies a closed database whose log is empty, so that what comes next can be undone.
 *
 * @param firstVersion the first migration that is about to run
 * @returns the copy's path
 * @throws {StorageError} `STORAGE_NO_ROOM` before anything is written when there is no room
 */
export async function makeUpgradeBackup(
  databasePath: string,
  firstVersion: number,
): Promise<string> {
  const backup = upgradeBackupPath(databasePath, firstVersion);
  try {
    await requireRoom(path.dirname(databasePath), databasePath);
    await copyFile(databasePath, backup);
  } catch (reason) {
    throw toPathError(reason, backup);
  }
  return backup;
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
