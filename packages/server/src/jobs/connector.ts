import type { Database } from '@coral/storage';
import type { Logger } from '../logger.js';
import type { JobRegistry } from './job-registry.js';
import { startPeriodicJob } from './periodic-job.js';
import type { RunningJob } from './periodic-job.js';

/** What {@link startConnector} needs. */
export interface ConnectorOptions {
  readonly database: Pick<Database, 'connectServices'>;
  readonly logger: Logger;
  /** Pause between runs, ms. Default 10,000; at least ten times the last run's duration. */
  readonly intervalMs?: number;
  /** Where the job is listed. Default: nowhere. */
  readonly jobs?: JobRegistry | undefined;
}

/**
 * Learns from spans who talks to whom while the colony runs: at once, and then every ten seconds or
 * so, never more than a tenth of its time. A run that fails is made up for by the next: the store
 * remembers which windows wait.
 */
export function startConnector(options: ConnectorOptions): RunningJob {
  const { database, logger, intervalMs = 10_000 } = options;
  return startPeriodicJob({
    name: 'connect',
    intervalMs,
    restFactor: 10,
    logger,
    jobs: options.jobs,
    run: async () => {
      const result = await database.connectServices();
      if (result.windows > 0) logger.debug({ ...result }, 'connected');
    },
  });
}
