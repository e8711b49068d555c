import type { Database } from '@coral/storage';
import type { Logger } from '../logger.js';
import type { JobRegistry } from './job-registry.js';
import { startPeriodicJob } from './periodic-job.js';
import type { RunningJob } from './periodic-job.js';

/** What {@link startSealer} needs. */
export interface SealerOptions {
  readonly database: Pick<Database, 'seal'>;
  readonly logger: Logger;
  /** Pause between runs, ms. Default 10 minutes. */
  readonly intervalMs?: number;
  /** Where the job is listed. Default: nowhere. */
  readonly jobs?: JobRegistry | undefined;
}

/** Moves summaries that have left the hot window into history while the colony runs. */
export function startSealer({ database, logger, intervalMs, jobs }: SealerOptions): RunningJob {
  return startPeriodicJob({
    name: 'seal',
    intervalMs: intervalMs ?? 600_000,
    logger,
    jobs,
    run: async (signal) => {
      const result = await database.seal({ signal });
      if (result.rows > 0) logger.info({ ...result }, 'sealed');
    },
  });
}
