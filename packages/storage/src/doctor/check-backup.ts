import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { DoctorOptions, Finding } from './finding.js';

const dayMs = 86_400_000;

/** How old the newest backup is: a file of the backup folder whose name begins with the colony's id. */
export async function checkBackup(
  databasePath: string,
  { backupFolder, maxBackupAgeMs = 2 * dayMs }: DoctorOptions,
  nowMs: number,
): Promise<Finding> {
  const colonyId = path.basename(databasePath, '.duckdb');
  if (backupFolder === undefined) {
    return {
      check: 'backup',
      severity: 'warning',
      message: 'No folder for backups is configured: whether there are any is not known.',
      remedy: `coral colony backup ${colonyId} --output ${colonyId}.backup`,
    };
  }
  const output = path.join(
    backupFolder,
    `${colonyId}-${new Date(nowMs).toISOString().slice(0, 10)}.backup`,
  );
  const remedy = `mkdir -p '${backupFolder}' && coral colony backup ${colonyId} --output '${output}'`;
  const newestMs = await newestBackup(backupFolder, colonyId);
  if (newestMs === undefined) {
    const message = `There is no backup in ${backupFolder}.`;
    return { check: 'backup', severity: 'warning', message, remedy };
  }
  const days = (nowMs - newestMs) / dayMs;
  const message = `The newest backup in ${backupFolder} is ${days.toFixed(1)} days old.`;
  return nowMs - newestMs > maxBackupAgeMs
    ? { check: 'backup', severity: 'warning', message, remedy }
    : { check: 'backup', severity: 'ok', message };
}

/** When it was written, ms since the epoch; undefined when there is none. */
async function newestBackup(folder: string, colonyId: string): Promise<number | undefined> {
  const names = await readdir(folder).catch((reason: NodeJS.ErrnoException) => {
    if (reason.code === 'ENOENT') return [];
    throw reason;
  });
  const times = await Promise.all(
    names
      .filter((name) => name.startsWith(colonyId) && !name.endsWith('.partial'))
      .map(async (name) => (await stat(path.join(folder, name))).mtimeMs),
  );
  return times.length === 0 ? undefined : Math.max(...times);
}
