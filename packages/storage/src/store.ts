import type { Instance } from './duckdb/instance.js';
import type { WorkFolder } from './lifecycle/work-folder.js';
import type { Logger } from './logger.js';
import type { ReaderPool } from './queries/reader-pool.js';
import type { Write, WriteOptions } from './writes/write-queue.js';

/** What the parts of an open database work with: each takes this, and none takes {@link Database}. */
export interface Store {
  /** The database file, absolute. */
  readonly path: string;
  readonly colonyId: string;
  readonly instance: Instance;
  readonly logger: Logger;
  readonly work: WorkFolder;
  now(): Date;
  /** Queues a write; resolves after its commit. @throws {StorageError} `STORAGE_NOT_OPEN` */
  write<T>(write: Write<T>, options?: WriteOptions): Promise<T>;
  /** Connections that read, each with a deadline. @throws {StorageError} `STORAGE_NOT_OPEN` */
  readers(): ReaderPool;
}
