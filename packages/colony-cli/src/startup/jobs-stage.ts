import { backupKey } from '../backup-key.js';
import type { Configured, StartRequest } from './configuration-stage.js';
import type { Serving } from './server-stage.js';
import type { Stage } from './startup-sequence.js';
import type { Stored } from './storage-stage.js';

/**
 * Starts what the colony does by itself: summarising points and rolling them up, computing who talks to
 * whom, learning from the summaries, watching which services run, scraping, sealing old days, deleting
 * what is older than retention says, making room before it runs out, backing itself up where a schedule
 * says when, and reporting on itself unless that is switched off.
 *
 * Closing summarises once more, so that a stopped colony's file holds what its points and spans say for
 * whoever opens it with another program.
 */
export const jobsStage: Stage<StartRequest & Configured & Stored & Serving, object> = {
  name: 'jobs',
  async start({ command, config, logger, database, jobs, targets }) {
    const {
      startBackupKeeper,
      startConnector,
      startLearner,
      startRetainer,
      startRoomKeeper,
      startScraper,
      startSealer,
      startSelfMetrics,
      startSummariser,
      startWatcher,
    } = await import('@coral/server');
    const summariser = startSummariser({ database, logger, jobs });
    const connector = startConnector({ database, logger, jobs });
    const learner = startLearner({ database, logger, jobs });
    const watcher = startWatcher({ database, logger, jobs });
    const sealer = startSealer({ database, logger, jobs });
    const retainer = startRetainer({ database, logger, jobs });
    const roomKeeper = startRoomKeeper({ database, logger, jobs });
    const { version } = command.io;
    const scraper = startScraper({
      database,
      logger,
      targets,
      version,
      labelMapping: config.telemetry.prometheus,
      now: command.io.now,
    });
    const { schedule, directory, keep, keyFile } = config.backup;
    const backupKeeper =
      schedule === undefined
        ? undefined
        : startBackupKeeper({
            database,
            logger,
            jobs,
            schedule,
            directory,
            keep,
            key: backupKey(command, keyFile),
            version: command.io.version,
            now: command.io.now,
          });
    const selfMetrics = config.telemetry.selfMetrics
      ? startSelfMetrics({
          database,
          logger,
          jobs,
          colonyId: config.colonyId,
          version: command.io.version,
          now: command.io.now,
        })
      : undefined;
    return {
      adds: {},
      close: async () => {
        await Promise.all([
          scraper.stop(),
          selfMetrics?.stop(),
          summariser.stop(),
          connector.stop(),
          watcher.stop(),
          learner.stop(),
          sealer.stop(),
          retainer.stop(),
          roomKeeper.stop(),
          backupKeeper?.stop(),
        ]);
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
