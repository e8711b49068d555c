import type { Logger } from '../logger.js';
import type { Connection } from './connection.js';
import { Instance } from './instance.js';

/** Longer than a thread of DuckDB has nothing to do before it gives memory back, which is half a second. */
const lookEveryMs = 700;
/** How much more resident memory than after the last time makes it worth while. bytes */
const worthBytes = 32 * 1024 ** 2;
/** Less does DuckDB not open with. */
const options = { memoryLimitBytes: 16 * 1024 ** 2, threads: 2 };

/**
 * Gives memory that was freed back to the system.
 *
 * The allocator of the C library keeps what is freed, some 20 MB for each of many threads, until
 * somebody calls `malloc_trim`. DuckDB does, for the whole process, whenever a thread of an instance has
 * had nothing to do for half a second, and once only; while telemetry pours in that moment does not come. So
 * an empty instance, in memory, has a thread for it: a query wakes it up, and half a second later it trims.
 */
export class MemoryReturn {
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #lowest = process.memoryUsage.rss();
  #wasAsked = false;
  #opening: Promise<{ instance: Instance; connection: Connection }> | undefined;
  #asking: Promise<void> | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#timer = setInterval(() => this.#look(), lookEveryMs).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#asking;
    const opened = await this.#opening?.catch(() => undefined);
    opened?.connection.close();
    opened?.instance.close();
  }

  #look(): void {
    const resident = process.memoryUsage.rss();
    if (this.#wasAsked) this.#lowest = resident;
    else this.#lowest = Math.min(this.#lowest, resident);
    this.#wasAsked = resident > this.#lowest + worthBytes;
    if (this.#wasAsked) this.#asking = this.#ask();
  }

  /** What cannot be asked for stays with the allocator: nothing else depends on it. */
  async #ask(): Promise<void> {
    try {
      this.#opening ??= open();
      const { connection } = await this.#opening;
      // Something to schedule: a constant wakes no thread.
      await connection.execute('SELECT count(*) FROM range(10)');
    } catch (reason) {
      this.#logger.debug({ err: reason }, 'memory that was freed was not given back');
    }
  }
}

async function open(): Promise<{ instance: Instance; connection: Connection }> {
  const instance = await Instance.open(':memory:', options);
  return { instance, connection: await instance.connect() };
}
