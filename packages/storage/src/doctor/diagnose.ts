import { databasePath } from '../database-path.js';
import type { Store } from '../store.js';
import { checkBackup } from './check-backup.js';
import { checkClock } from './check-clock.js';
import { checkDisk } from './check-disk.js';
import { checkIndexes } from './check-indexes.js';
import { checkLock } from './check-lock.js';
import { checkLog } from './check-log.js';
import { checkPermissions } from './check-permissions.js';
import { checkSchema } from './check-schema.js';
import { checkUpgrade } from './check-upgrade.js';
import type { DoctorOptions, Finding } from './finding.js';

/**
 * Looks at a colony's files without opening the database: also at one that cannot be opened.
 *
 * Shape: one finding per check, those of `doctorChecks` before `open`.
 */
export async function diagnoseFiles(
  where: { readonly storagePath: string; readonly colonyId: string },
  options: DoctorOptions = {},
): Promise<Finding[]> {
  return filesOf(databasePath(where.storagePath, where.colonyId), options, Date.now());
}

/** Looks at the files and at what is in the database; changes nothing. */
export async function diagnose(store: Store, options: DoctorOptions = {}): Promise<Finding[]> {
  const nowMs = store.now().getTime();
  return [
    ...(await filesOf(store.path, options, nowMs)),
    { check: 'open', severity: 'ok', message: 'The database answers.' },
    await checkSchema(store.readers()),
    await checkIndexes(store.readers()),
    await checkClock(store.path, store.readers(), nowMs),
  ];
}

async function filesOf(path: string, options: DoctorOptions, nowMs: number): Promise<Finding[]> {
  return [
    await checkLock(path),
    await checkDisk(path),
    await checkPermissions(path, options.privateFiles ?? []),
    await checkLog(path),
    await checkUpgrade(path),
    await checkBackup(path, options, nowMs),
  ];
}
