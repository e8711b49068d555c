import type { Database } from '@coral/storage';
import type { Logger } from '../logger.js';
import type { JobRegistry } from './job-registry.js';
import { startPeriodicJob } from './periodic-job.js';
import type { RunningJob } from './periodic-job.js';

/** What {@link startSummariser} needs. */
export interface SummariserOptions {
  readonly database: Pick<Database, 'summarise' | 'rollUp'>;
  readonly logger: Logger;
  /** Pause between runs, ms. Default 10,000. */
  readonly intervalMs?: number;
  /** How long coarser summaries may lag behind those of 5 minutes, ms. Default 60,000. */
  readonly rollUpIntervalMs?: number;
  /** Where the job is listed. Default: nowhere. */
  readonly jobs?: JobRegistry | undefined;
}

/**
 * Turns points into summaries while the colony runs: at once, and then every ten seconds or so;
 * those of 15 minutes and longer once a minute, since their sketches are larger than they are.
 *
 * Windows that are over are summarised at once. Where that takes long, those that go on or are revised
 * are computed again only as often as it costs no more than a tenth of the time. A failure is logged
 * and the next run makes up for it: the store remembers which windows wait.
 *
 * @example
 * const summariser = startSummariser({ database, logger });
 * // …
 * await summariser.stop();
 */
export function startSummariser(options: SummariserOptions): RunningJob {
  const { database, logger, intervalMs = 10_000, rollUpIntervalMs = 60_000 } = options;
  let rolledUpAt = -Infinity;
  return startPeriodicJob({
    name: 'summarise',
    intervalMs,
    logger,
    jobs: options.jobs,
    run: async () => {
      const result = await database.summarise({ paced: true });
      if (result.windows > 0) logger.debug({ ...result }, 'summarised');
      if (performance.now() - rolledUpAt < rollUpIntervalMs) return;
      const rolledUp = await database.rollUp({ paced: true });
      rolledUpAt = performance.now();
      if (rolledUp.windows > 0) logger.debug({ ...rolledUp }, 'rolled up');
    },
  });
}
