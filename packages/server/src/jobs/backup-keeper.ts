import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { backupFileName, listBackups, rotateBackups } from '@coral/storage';
import type { BackupKey, Database, KeepBackups } from '@coral/storage';
import type { Logger } from '../logger.js';
import { isBackupDue } from './backup-due.js';
import type { BackupSchedule } from './backup-due.js';
import type { JobRegistry } from './job-registry.js';
import { startPeriodicJob } from './periodic-job.js';
import type { RunningJob } from './periodic-job.js';

/** What {@link startBackupKeeper} needs. */
export interface BackupKeeperOptions {
  readonly database: Pick<Database, 'backup' | 'colonyId'>;
  readonly logger: Logger;
  readonly schedule: BackupSchedule;
  /** Made (0700) when it is missing. */
  readonly directory: string;
  readonly keep: KeepBackups;
  /** Absent: the backups are not encrypted. */
  readonly key?: BackupKey | undefined;
  /** The colony's version. */
  readonly version: string;
  /** The time, ms since the epoch. Default the system's clock. */
  readonly now?: () => number;
  /** Pause between looks at the clock, ms. Default one minute. */
  readonly intervalMs?: number;
  /** Where the job is listed. Default: nowhere. */
  readonly jobs?: JobRegistry | undefined;
}

/**
 * Backs a running colony up when its schedule says so, and then removes the backups that are not to
 * be kept. What is there already decides whether one is due: a colony that was stopped at that time
 * makes up for it.
 *
 * A backup that fails is logged and tried again; the older ones stay.
 */
export function startBackupKeeper(options: BackupKeeperOptions): RunningJob {
  const { database, logger, schedule, directory, keep, key, version, now = Date.now } = options;
  const { colonyId } = database;
  return startPeriodicJob({
    name: 'backup',
    intervalMs: options.intervalMs ?? 60_000,
    // One that fails late on a large file must not be all that the colony does.
    restFactor: 1,
    logger,
    jobs: options.jobs,
    run: async (signal) => {
      const made = await listBackups(directory, colonyId);
      const at = now();
      const times = made.map(({ createdAt }) => createdAt);
      if (!isBackupDue(schedule, times, at)) return;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const name = backupFileName(colonyId, new Date(at), key !== undefined);
      const output = path.join(directory, name);
      await database.backup({ output, key, coralVersion: version, signal });
      const removed = await rotateBackups(directory, colonyId, keep);
      logger.info({ output, removed }, 'backed up as scheduled');
    },
  });
}
