import type { Database } from '@coral/storage';
import type { Logger } from '../logger.js';
import type { JobRegistry } from './job-registry.js';
import { startPeriodicJob } from './periodic-job.js';
import type { RunningJob } from './periodic-job.js';

/** What {@link startLearner} needs. */
export interface LearnerOptions {
  readonly database: Pick<Database, 'learn'>;
  readonly logger: Logger;
  /** Pause between runs, ms. Default one minute; at least five times the last run's duration. */
  readonly intervalMs?: number;
  /** How long the first run waits, ms. Default two minutes: senders that waited for the start are heard first. */
  readonly firstAfterMs?: number;
  /** Where the job is listed. Default: nowhere. */
  readonly jobs?: JobRegistry | undefined;
}

/**
 * Learns from the summaries what is normal, and looks for what is not, while the colony runs. The
 * store knows what is due: most runs find nothing to do.
 */
export function startLearner(options: LearnerOptions): RunningJob {
  const { database, logger, intervalMs, firstAfterMs, jobs } = options;
  return startPeriodicJob({
    name: 'learn',
    intervalMs: intervalMs ?? 60_000,
    firstAfterMs: firstAfterMs ?? 120_000,
    restFactor: 5,
    logger,
    jobs,
    run: async (signal) => {
      const result = await database.learn({ signal });
      logger.debug({ ...result }, 'learned');
    },
  });
}
