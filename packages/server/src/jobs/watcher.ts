import type { Database } from '@coral/storage';
import type { Logger } from '../logger.js';
import type { JobRegistry } from './job-registry.js';
import { startPeriodicJob } from './periodic-job.js';
import type { RunningJob } from './periodic-job.js';

/** What {@link startWatcher} needs. */
export interface WatcherOptions {
  readonly database: Pick<Database, 'watchServices'>;
  readonly logger: Logger;
  /** Pause between runs, ms. Default 10 seconds; at least ten times the last run's duration. */
  readonly intervalMs?: number;
  /** Where the job is listed. Default: nowhere. */
  readonly jobs?: JobRegistry | undefined;
}

/** Watches which services are silent, in trouble or well again, while the colony runs. */
export function startWatcher({ database, logger, intervalMs, jobs }: WatcherOptions): RunningJob {
  return startPeriodicJob({
    name: 'watch',
    intervalMs: intervalMs ?? 10_000,
    restFactor: 10,
    logger,
    jobs,
    run: async () => {
      const result = await database.watchServices();
      if (Object.values(result).some((count) => count > 0)) logger.info({ ...result }, 'watched');
    },
  });
}
