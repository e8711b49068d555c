import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { toPathError } from '../lifecycle/path-error.js';
import { backupsToKeep, type KeepBackups } from './backups-to-keep.js';

/** A backup in a directory of such, by its name alone. */
export interface StoredBackup {
  readonly path: string;
  /** To the second. */
  readonly createdAt: Date;
  readonly sizeBytes: number;
}

/** `my-shop-dev-20260131T020000Z.duckdb`; `.sealed` behind it where it is encrypted. */
export function backupFileName(colonyId: string, at: Date, encrypted: boolean): string {
  const stamp = `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `${colonyId}-${stamp}.duckdb${encrypted ? '.sealed' : ''}`;
}

/**
 * A colony's backups in a directory, newest first; [] when there is no such directory. Files whose
 * names {@link backupFileName} would not make are not looked at.
 *
 * @throws {StorageError} `STORAGE_PATH_…`
 */
export async function listBackups(directory: string, colonyId: string): Promise<StoredBackup[]> {
  const backups: StoredBackup[] = [];
  for (const name of await namesIn(directory)) {
    const createdAt = timeOf(name, colonyId);
    if (createdAt === undefined) continue;
    const file = path.join(directory, name);
    backups.push({ path: file, createdAt, sizeBytes: (await stat(file)).size });
  }
  return backups.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
}

/**
 * Removes the backups of a colony that {@link backupsToKeep} does not keep.
 *
 * @returns their paths
 */
export async function rotateBackups(
  directory: string,
  colonyId: string,
  keep: KeepBackups,
): Promise<string[]> {
  const backups = await listBackups(directory, colonyId);
  const kept = new Set(
    backupsToKeep(
      backups.map(({ createdAt }) => createdAt),
      keep,
    ),
  );
  const removed = backups.filter(({ createdAt }) => !kept.has(createdAt));
  for (const { path: file } of removed) await rm(file);
  return removed.map(({ path: file }) => file);
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (reason) {
    if ((reason as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw toPathError(reason, directory);
  }
}

function timeOf(name: string, colonyId: string): Date | undefined {
  if (!name.startsWith(`${colonyId}-`)) return undefined;
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.duckdb(?:\.sealed)?$/.exec(
    name.slice(colonyId.length + 1),
  );
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
}
