import type { Instance } from './duckdb/instance.js';
import type { SideConnection } from './lifecycle/side-connection.js';
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
  /**
   * Where summaries and connections are computed, beside readers and long tasks: results stay in tables of `_computed`,
   * a database in memory that all connections see, until the writer copies them.
   */
  readonly computing: SideConnection;
  /** Connections that read, each with a deadline. @throws {StorageError} `STORAGE_NOT_OPEN` */
  readers(): ReaderPool;
}
