import { DuckDBInstance } from '@duckdb/node-api';
import { Connection } from './connection.js';
import { toStorageError } from './duckdb-error.js';

export interface InstanceOptions {
  /** Memory that DuckDB may use, in bytes; beyond it, it spills to disk. */
  readonly memoryLimitBytes: number;
  /** Threads that DuckDB may use, the caller's included. */
  readonly threads: number;
}

/** Spill files may take this much disk at most; the default would be 90 % of what is free. */
const maxSpillBytes = 4 * 1024 ** 3;

/**
 * How far the log grows at most before DuckDB writes it into the file by itself; its default is 16 MB. A
 * checkpoint rewrites whole indexes: four times fewer of them make bulk writes a third cheaper, and
 * replaying 64 MiB after a crash takes a few seconds at most.
 */
const maxLogBytes = 64 * 1024 ** 2;

/**
 * What is in the log is in memory, too, until a checkpoint: at this share of it, so that there is room for the
 * next COMMIT. One that finds none is FATAL.
 */
const maxLogShare = 1 / 4;

/**
 * From which size on DuckDB leaves a commit out of the log that makes it checkpoint; its default is 100 kB. On
 * an empty log no mark is left then of the CHECKPOINT either, and a kill in the midst of it could not be told from
 * damage. So: none.
 */
const leaveOutOfLogFrom = Number.MAX_SAFE_INTEGER;

/**
 * How much memory a thread frees before DuckDB has the system's allocator give it back; its default is
 * 128 MB. Each of a dozen threads keeps as much, which at the top rate of ingest made some 100 MB of
 * resident memory that nobody used.
 */
const flushAtBytes = 4 * 1024 ** 2;

/** One open database file. */
export class Instance {
  private constructor(
    private readonly driver: DuckDBInstance,
    readonly memoryLimitBytes: number,
  ) {}

  static async open(path: string, options: InstanceOptions): Promise<Instance> {
    try {
      return new Instance(
        await DuckDBInstance.create(path, {
          memory_limit: `${options.memoryLimitBytes}B`,
          threads: String(options.threads),
          checkpoint_threshold: `${checkpointAtBytes(options.memoryLimitBytes)}B`,
          auto_checkpoint_skip_wal_threshold: String(leaveOutOfLogFrom),
          allocator_flush_threshold: `${flushAtBytes}B`,
          allocator_bulk_deallocation_flush_threshold: `${flushAtBytes}B`,
          max_temp_directory_size: `${maxSpillBytes}B`,
          // Points on their way in and the trash are read once: what is kept of them only takes memory.
          enable_external_file_cache: 'false',
          // A query that names an extension must fail at once instead of calling out.
          autoinstall_known_extensions: 'false',
          autoload_known_extensions: 'false',
          allow_community_extensions: 'false',
        }),
        options.memoryLimitBytes,
      );
    } catch (reason) {
      throw toStorageError(reason, `open ${path}`);
    }
  }

  async connect(): Promise<Connection> {
    return new Connection(await this.driver.connect());
  }

  close(): void {
    this.driver.closeSync();
  }
}

function checkpointAtBytes(memoryLimitBytes: number): number {
  return Math.min(maxLogBytes, Math.floor(memoryLimitBytes * maxLogShare));
}

/** Settings of the instance that every connection inherits. */
export async function applySettings(connection: Connection): Promise<void> {
  // now() and every conversion of TIMESTAMPTZ mean UTC, whatever TZ the process runs under.
  await connection.execute(`SET GLOBAL TimeZone = 'UTC'`);
}

/**
 * Attaches a database in memory for what is computed, for as long as that takes: a table there is seen by every
 * connection, unlike a temporary one, and its rows reach the writer without passing through JavaScript. No colony's
 * database can have its name.
 */
export async function attachMemory(connection: Connection): Promise<void> {
  await connection.execute(`ATTACH ':memory:' AS _computed`);
}

/**
 * Closes the doors that SQL from outside could use, for the rest of the instance's life: no network,
 * no change of settings, no files outside the given folders. CHECKPOINT and the WAL go on working.
 */
export async function lockSettings(
  connection: Connection,
  folders: readonly string[],
): Promise<void> {
  const allowed = folders.map((folder) => quoted(`${folder}/`)).join(', ');
  await connection.execute(`SET GLOBAL allowed_directories = [${allowed}]`);
  await connection.execute('SET GLOBAL enable_external_access = false');
  // COPY FROM DATABASE sets this one by itself, for its own transaction.
  await connection.execute(
    `SET GLOBAL allowed_configs = ['current_transaction_invalidation_policy']`,
  );
  await connection.execute('SET GLOBAL lock_configuration = true');
}

/** A text as an SQL literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
