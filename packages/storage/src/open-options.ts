import type { Logger } from './logger.js';

/** How to open a colony's database. Only the first two are needed. */
export interface OpenDatabaseOptions {
  /** Directory that holds the file; created (0755) when it is missing. */
  readonly storagePath: string;
  /** Names the file: `{colonyId}.duckdb`. */
  readonly colonyId: string;
  /** Default: silent. */
  readonly logger?: Logger;
  /** The clock, in ms since the epoch; default `Date.now`. */
  readonly now?: () => number;
  /** Memory that DuckDB may use; default 512 MiB. bytes */
  readonly memoryLimitBytes?: number;
  /** Threads that DuckDB may use; default 2. */
  readonly threads?: number;
  /** Reads that may run at once; default 2. More than 3 starve other work of libuv's four threads. */
  readonly maxReaders?: number;
  /** How long a read may take unless it says otherwise; default 30,000. ms */
  readonly readTimeoutMs?: number;
  /** How late a point may come; default 1 hour. ms */
  readonly acceptLateMs?: number;
  /** How far ahead of the clock a point may be; default 10 minutes. ms */
  readonly acceptEarlyMs?: number;
}

export const defaultOptions = {
  memoryLimitBytes: 512 * 1024 ** 2,
  threads: 2,
  maxReaders: 2,
  readTimeoutMs: 30_000,
  acceptLateMs: 60 * 60_000,
  acceptEarlyMs: 10 * 60_000,
} as const;
