import type { RunningJob } from '@coral/server';
import { backupKey } from '../backup-key.js';
import type { Configured, StartRequest } from './configuration-stage.js';
import { loadServerParts } from './load-server-parts.js';
import type { Serving } from './server-stage.js';
import type { Stage } from './startup-sequence.js';
import type { Stored } from './storage-stage.js';

type JobsContext = StartRequest & Configured & Stored & Serving;
type ServerParts = Awaited<ReturnType<typeof loadServerParts>>;

/**
 * Starts what the colony does by itself: summarising points and rolling them up, computing who talks to
 * whom, learning from the summaries, watching which services run, scraping, sealing old days, deleting
 * what is older than retention says, making room before it runs out, backing itself up where a schedule
 * says when, and reporting on itself unless that is switched off.
 * They begin once the colony answers and is announced: their first runs keep the process busy.
 *
 * Closing summarises once more, so that a stopped colony's file holds what its points and spans say for
 * whoever opens it with another program.
 */
export const jobsStage: Stage<JobsContext, object> = {
  name: 'jobs',
  async start(context) {
    const parts = await loadServerParts();
    const { database } = context;
    let running: readonly RunningJob[] = [];
    return {
      adds: {},
      afterStart: () => {
        running = startJobs(parts, context);
      },
      close: async () => {
        await Promise.all(running.map((job) => job.stop()));
        if (database.state !== 'open') return;
        // Without room the points wait for the next start.
        if ((await database.room()).refuses !== undefined) return;
        await database.connectServices();
        await database.summarise();
        await database.rollUp();
      },
    };
  },
};

function startJobs(
  parts: ServerParts,
  { command, config, logger, database, jobs, targets }: JobsContext,
): readonly RunningJob[] {
  const { now, version } = command.io;
  const { schedule, directory, keep, keyFile } = config.backup;
  const { colonyId } = config;
  const { prometheus: labelMapping, selfMetrics } = config.telemetry;
  const store = { database, logger, jobs };
  return [
    parts.startSummariser(store),
    parts.startConnector(store),
    parts.startLearner(store),
    parts.startWatcher(store),
    parts.startSealer(store),
    parts.startRetainer(store),
    parts.startRoomKeeper(store),
    parts.startScraper({ database, logger, targets, version, labelMapping, now }),
    ...(schedule === undefined
      ? []
      : [
          parts.startBackupKeeper({
            ...store,
            schedule,
            directory,
            keep,
            key: backupKey(command, keyFile),
            version,
            now,
          }),
        ]),
    ...(selfMetrics ? [parts.startSelfMetrics({ ...store, colonyId, version, now })] : []),
  ];
}
