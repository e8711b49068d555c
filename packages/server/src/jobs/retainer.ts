import type { Database } from '@coral/storage';
import type { Logger } from '../logger.js';
import type { JobRegistry } from './job-registry.js';
import { startPeriodicJob } from './periodic-job.js';
import type { RunningJob } from './periodic-job.js';

/** What {@link startRetainer} needs. */
export interface RetainerOptions {
  readonly database: Pick<Database, 'retain'>;
  readonly logger: Logger;
  /** Pause between runs, ms. Default one hour; at least ten times the last run's duration. */
  readonly intervalMs?: number;
  /** How long the first run waits, ms. Default five minutes: who changed the times can still look. */
  readonly firstAfterMs?: number;
  /** Where the job is listed. Default: nowhere. */
  readonly jobs?: JobRegistry | undefined;
}

/**
 * Deletes what is older than the colony's retention says: five minutes after the start, and then every
 * hour. What it deleted is in the log, with what to undo it by.
 */
export function startRetainer(options: RetainerOptions): RunningJob {
  const { database, logger } = options;
  return startPeriodicJob({
    name: 'retention',
    intervalMs: options.intervalMs ?? 3_600_000,
    firstAfterMs: options.firstAfterMs ?? 300_000,
    restFactor: 10,
    logger,
    jobs: options.jobs,
    run: async (signal) => {
      const result = await database.retain({ signal });
      if (result.rows > 0) logger.info({ ...result }, 'deleted what is older than retention says');
    },
  });
}
