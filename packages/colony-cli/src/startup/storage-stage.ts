import type { Database, StorageError } from '@coral/storage';
import { databaseOptions } from '../colony/database-options.js';
import type { Configured, StartRequest } from './configuration-stage.js';
import { loadServerParts } from './load-server-parts.js';
import type { Stage } from './startup-sequence.js';

/** What the stage is told by the start. */
export interface StorageRequest {
  /** Called when the store is lost while the colony runs. */
  readonly onStoreFailed: (error: StorageError) => void;
}

/** What the later stages find. */
export interface Stored {
  readonly database: Database;
}

/** Opens the colony's file, making it and its folder when they are missing. */
export const storageStage: Stage<StartRequest & StorageRequest & Configured, Stored> = {
  name: 'storage',
  async start({ command, config, logger, onStoreFailed }) {
    const { openDatabase } = await import('./storage-parts.js');
    const database = await openDatabase({
      ...databaseOptions(config),
      logger,
      now: command.io.now,
      onFailure: onStoreFailed,
      // Where that fails, the next stage says so.
      whileOpening: () => void loadServerParts().catch(() => undefined),
    });
    logger.info({ path: database.path }, 'database initialized');
    return { adds: { database }, close: () => database.close() };
  },
};
