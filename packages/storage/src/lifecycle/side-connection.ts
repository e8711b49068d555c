import type { Connection } from '../duckdb/connection.js';
import type { Instance } from '../duckdb/instance.js';
import { interruptWhenAborted } from '../duckdb/interrupt-when-aborted.js';
import { StorageError } from '../storage-error.js';

/** What a long task works with. */
export interface Side {
  /** Interrupted when the signal fires, until {@link settle}. */
  readonly connection: Connection;
  /** Fires when the caller or the closing database wants the task to stop. */
  readonly signal: AbortSignal;
  /** Ends the interrupting, so that the task can tidy up behind itself. */
  settle(): void;
}

/**
 * The connection of long tasks (backup, snapshot), beside the writer and the readers.
 *
 * One task at a time, in the order they came: Node has four threads for DuckDB and files together.
 * Closing stops the one that runs and refuses those that wait.
 */
export class SideConnection {
  readonly #instance: Instance;
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  /** @throws {StorageError} `STORAGE_CANCELLED` when the signal fires or the database is closed */
  async run<T>(task: (side: Side) => Promise<T>, cancel?: AbortSignal): Promise<T> {
    const signal = AbortSignal.any([this.#closing.signal, ...(cancel ? [cancel] : [])]);
    const mine = this.#last.then(() => this.#run(task, signal));
    this.#last = mine.catch(() => undefined); // Whoever asked is told; the next one does not mind.
    return mine;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
  }

  async #run<T>(task: (side: Side) => Promise<T>, signal: AbortSignal): Promise<T> {
    throwIfCancelled(signal);
    const connection = await this.#instance.connect();
    const settle = interruptWhenAborted(connection, signal);
    try {
      return await task({ connection, signal, settle });
    } catch (reason) {
      throwIfCancelled(signal);
      throw reason;
    } finally {
      settle();
      connection.close();
    }
  }
}

/** Between two steps of a long task. @throws {StorageError} `STORAGE_CANCELLED` */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new StorageError('STORAGE_CANCELLED', 'The task was stopped before it was done.');
}
