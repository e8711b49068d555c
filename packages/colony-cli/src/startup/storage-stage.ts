import type { Database } from '@coral/storage';
import type { Configured, StartRequest } from './configuration-stage.js';
import type { Stage } from './startup-sequence.js';

/** What the later stages find. */
export interface Stored {
  readonly database: Database;
}

/** Opens the colony's file, making it and its folder when they are missing. */
export const storageStage: Stage<StartRequest & Configured, Stored> = {
  name: 'storage',
  async start({ command, config, logger }) {
    const { openDatabase } = await import('@coral/storage');
    const { path, memoryLimitBytes, threads } = config.storage;
    const database = await openDatabase({
      storagePath: path,
      colonyId: config.colonyId,
      logger,
      now: command.io.now,
      ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
      ...(threads === undefined ? {} : { threads }),
    });
    logger.info({ path: database.path }, 'database initialized');
    return { adds: { database }, close: () => database.close() };
  },
};
