import type { Database, Room } from '@coral/storage';
import type { Logger } from '../logger.js';
import type { JobRegistry } from './job-registry.js';
import { startPeriodicJob } from './periodic-job.js';
import type { RunningJob } from './periodic-job.js';

/** What {@link startRoomKeeper} needs. */
export interface RoomKeeperOptions {
  readonly database: Pick<Database, 'keepRoom'>;
  readonly logger: Logger;
  /** Pause between looks, ms. Default 5,000; at least ten times as long as the last one took. */
  readonly intervalMs?: number;
  /** Where the job is listed. Default: nowhere. */
  readonly jobs?: JobRegistry | undefined;
}

/**
 * Looks every few seconds how much room there is, and makes some before it runs out. What had to go,
 * and that writes are refused or taken again, is in the log.
 */
export function startRoomKeeper(options: RoomKeeperOptions): RunningJob {
  const { database, logger, intervalMs, jobs } = options;
  let refused: Room['refuses'];
  return startPeriodicJob({
    name: 'room',
    intervalMs: intervalMs ?? 5_000,
    restFactor: 10,
    logger,
    jobs,
    run: async (signal) => {
      const { room, trash, budget } = await database.keepRoom({ signal });
      if (trash) logger.warn({ ...trash }, 'the disk is short: the trash was emptied');
      if (budget) logger.warn({ ...budget }, 'rows were deleted to keep to the size budget');
      if (room.refuses === refused) return;
      refused = room.refuses;
      if (refused) logger.error({ ...room }, 'there is no room: writes are refused, reads go on');
      else logger.info({ ...room }, 'there is room again: writes are taken');
    },
  });
}
