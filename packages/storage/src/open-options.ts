import type { Logger } from './logger.js';
import type { RetentionPolicy } from './retention/retention-policy.js';
import type { StorageError } from './storage-error.js';
import { requireCount, requireOneOf, requireWhole } from './writes/check-input.js';

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
  /** Memory that DuckDB may use, at least 16 MiB; default 512 MiB. bytes */
  readonly memoryLimitBytes?: number;
  /** Threads that DuckDB may use, at least 1; default 2. */
  readonly threads?: number;
  /** Reads that may run at once, at least 1; default 2. More than 3 starve other work of libuv's four threads. */
  readonly maxReaders?: number;
  /** How long a read may take unless it says otherwise, at least 1; default 30,000. ms */
  readonly readTimeoutMs?: number;
  /** How late a point may come; default 1 hour, 0 refuses whatever is not from now on. ms */
  readonly acceptLateMs?: number;
  /** How far ahead of the clock a point may be; default 10 minutes. ms */
  readonly acceptEarlyMs?: number;
  /** Silence after which a service counts as stopped, at least 1 s; default 5 minutes. ms */
  readonly stoppedAfterMs?: number;
  /**
   * What to do with a file of an older schema: `apply` copies it and brings it up to date, `refuse`
   * fails with `STORAGE_MIGRATION_PENDING`. Default: apply.
   */
  readonly migrate?: 'apply' | 'refuse';
  /**
   * How long summaries stay in `metric_summaries`, with its key and indexes, at least 6 hours; default
   * 24 hours. Older ones are sealed, a quarter of a UTC day at a time, into `metric_history`. ms
   */
  readonly hotWindowMs?: number;
  /**
   * Free disk below which nothing is written any more (`STORAGE_DISK_FULL`), so that no commit and no
   * checkpoint meets a full disk; default 0: no such limit. bytes
   */
  readonly minFreeDiskBytes?: number;
  /**
   * What the store may take on the disk: blocks in use, log and trash. Maintenance deletes rows
   * before, and at the limit writes are refused (`STORAGE_BUDGET_EXCEEDED`). Default 0: no limit. bytes
   */
  readonly maxSizeBytes?: number;
  /**
   * How many series there may be; points of further ones are refused, those of known ones go on.
   * Default 1,000,000; 0: no limit.
   */
  readonly maxSeries?: number;
  /** The same for one metric of one service; default 200,000, 0: no limit. */
  readonly maxSeriesPerMetric?: number;
  /**
   * How many spans may end in one hour of the clock; further ones of it are refused. Default 10,000,000;
   * 0: no limit.
   */
  readonly maxSpansPerHour?: number;
  /** What maintenance deletes by age; default: nothing. */
  readonly retention?: RetentionPolicy;
  /**
   * Called once when DuckDB gave up the instance (`STORAGE_FATAL`): nothing can be read or written
   * until the database is closed and opened again. Default: nothing but a line in the log.
   */
  readonly onFailure?: (error: StorageError) => void;
  /**
   * Called once, when DuckDB has begun to open the file in threads of its own: for work of the caller's
   * that takes this thread, such as loading modules. Must not throw. Default: nothing.
   */
  readonly whileOpening?: () => void;
}

export const defaultOptions = {
  memoryLimitBytes: 512 * 1024 ** 2,
  threads: 2,
  maxReaders: 2,
  readTimeoutMs: 30_000,
  acceptLateMs: 60 * 60_000,
  acceptEarlyMs: 10 * 60_000,
  stoppedAfterMs: 5 * 60_000,
  migrate: 'apply',
  hotWindowMs: 24 * 3_600_000,
  minFreeDiskBytes: 0,
  maxSizeBytes: 0,
  maxSeries: 1_000_000,
  maxSeriesPerMetric: 200_000,
  maxSpansPerHour: 10_000_000,
} as const;

const leastMemoryBytes = 16 * 1024 ** 2;
const leastHotWindowMs = 6 * 3_600_000;

/**
 * Refuses numbers that DuckDB would refuse without saying which, or would take for something else.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the option's name as field
 */
export function checkOptions(options: Required<OpenDatabaseOptions>): void {
  requireWhole('memoryLimitBytes', options.memoryLimitBytes, leastMemoryBytes);
  requireCount('threads', options.threads, 1);
  requireCount('maxReaders', options.maxReaders, 1);
  requireCount('readTimeoutMs', options.readTimeoutMs, 1);
  requireWhole('acceptLateMs', options.acceptLateMs);
  requireWhole('acceptEarlyMs', options.acceptEarlyMs);
  requireWhole('stoppedAfterMs', options.stoppedAfterMs, 1_000);
  requireOneOf('migrate', options.migrate, ['apply', 'refuse']);
  requireWhole('hotWindowMs', options.hotWindowMs, leastHotWindowMs);
  requireWhole('minFreeDiskBytes', options.minFreeDiskBytes);
  requireWhole('maxSizeBytes', options.maxSizeBytes);
  requireCount('maxSeries', options.maxSeries);
  requireCount('maxSeriesPerMetric', options.maxSeriesPerMetric);
  requireCount('maxSpansPerHour', options.maxSpansPerHour);
}
