import type { Database } from '@coral/storage';
import type { Configured } from './configuration-stage.js';
import type { Stage } from './startup-sequence.js';

/** What the later stages find. */
export interface Stored {
  readonly database: Database;
}

/** Opens the colony's file, making it and its folder when they are missing. */
export const storageStage: Stage<Configured, Stored> = {
  name: 'storage',
  async start({ config, logger }) {
    const { openDatabase } = await import('@coral/storage');
    const { path, memoryLimitBytes, threads } = config.storage;
    const database = await openDatabase({
      storagePath: path,
      colonyId: config.colonyId,
      logger,
      ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
      ...(threads === undefined ? {} : { threads }),
    });
    logger.info({ path: database.path }, 'database initialized');
    return {
      adds: { database },
      close: async () => {
        await database.close();
        logger.info({ path: database.path }, 'database closed');
      },
    };
  },
};
