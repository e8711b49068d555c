import type { Connection, Row } from '../duckdb/connection.js';
import type { Instance } from '../duckdb/instance.js';
import type { SqlParameter } from '../duckdb/values.js';
import { isStorageError, StorageError } from '../storage-error.js';

export interface ReaderPoolOptions {
  /** Connections that read at once; below libuv's four threads, so that writing keeps one. */
  readonly maxReaders: number;
  /** How long a read may take, waiting included, when the caller says nothing. ms */
  readonly readTimeoutMs: number;
}

export interface ReadOptions {
  /** ms; default the pool's. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A connection that a reader holds. */
export interface Lease {
  readonly connection: Connection;
  /** Aborted at the deadline or by the caller; the running statement is then interrupted. */
  readonly signal: AbortSignal;
  /** The error to show: an interrupt becomes the timeout or the cancellation that caused it. */
  explain(reason: unknown): unknown;
  release(): void;
}

/**
 * Bounded readers, each with a deadline: no reader can stall ingest, or a CHECKPOINT for long.
 */
export class ReaderPool {
  readonly #instance: Instance;
  readonly #options: ReaderPoolOptions;
  readonly #idle: Connection[] = [];
  readonly #busy = new Set<Connection>();
  readonly #waiting: (() => void)[] = [];
  #opened = 0;
  #closed = false;

  constructor(instance: Instance, options: ReaderPoolOptions) {
    this.#instance = instance;
    this.#options = options;
  }

  /** Runs one statement and reads its rows. */
  query(
    sql: string,
    parameters: readonly SqlParameter[] = [],
    options: ReadOptions = {},
  ): Promise<Row[]> {
    return this.use(options, (connection) => connection.query(sql, parameters));
  }

  /**
   * Lends a connection until `act` ends; at the deadline its statement is interrupted.
   *
   * @throws {StorageError} `STORAGE_TIMEOUT`, `STORAGE_CANCELLED`, `STORAGE_NOT_OPEN`
   */
  async use<T>(options: ReadOptions, act: (connection: Connection) => Promise<T>): Promise<T> {
    const lease = await this.lease(options);
    try {
      return await act(lease.connection);
    } catch (reason) {
      throw lease.explain(reason);
    } finally {
      lease.release();
    }
  }

  /** Lends a connection until `release`: for reads that go on after a call returns. */
  async lease(options: ReadOptions): Promise<Lease> {
    const timeoutMs = options.timeoutMs ?? this.#options.readTimeoutMs;
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
    const stopped = () =>
      deadline.aborted
        ? new StorageError(
            'STORAGE_TIMEOUT',
            `The read took longer than ${timeoutMs} ms. Ask for less, or allow it more time.`,
            { details: { timeoutMs } },
          )
        : new StorageError('STORAGE_CANCELLED', 'The read was cancelled by its caller.');
    const connection = await this.#acquire(signal, stopped);
    const interrupt = () => connection.interrupt();
    signal.addEventListener('abort', interrupt);
    let isHeld = true;
    return {
      connection,
      signal,
      explain: (reason) =>
        signal.aborted && isStorageError(reason) && reason.code === 'STORAGE_CANCELLED'
          ? stopped()
          : reason,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        signal.removeEventListener('abort', interrupt);
        this.#release(connection);
      },
    };
  }

  /** Interrupts what still reads after `graceMs`, then closes every connection. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    const end = Date.now() + graceMs;
    while (this.#busy.size > 0) {
      if (Date.now() >= end) for (const connection of this.#busy) connection.interrupt();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  async #acquire(signal: AbortSignal, stopped: () => StorageError): Promise<Connection> {
    for (;;) {
      if (this.#closed) {
        throw new StorageError(
          'STORAGE_NOT_OPEN',
          'The database is closed. Open it again to read.',
        );
      }
      if (signal.aborted) {
        // Woken and given up in the same moment: the next one takes the free connection.
        if (this.#idle.length > 0) this.#waiting.shift()?.();
        throw stopped();
      }
      const idle = this.#idle.pop();
      if (idle) return this.#lend(idle);
      if (this.#opened < this.#options.maxReaders) {
        this.#opened += 1;
        try {
          return this.#lend(await this.#instance.connect());
        } catch (reason) {
          this.#opened -= 1;
          throw reason;
        }
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal.removeEventListener('abort', wake);
          const place = this.#waiting.indexOf(wake);
          if (place >= 0) this.#waiting.splice(place, 1);
          resolve();
        };
        this.#waiting.push(wake);
        signal.addEventListener('abort', wake);
      });
    }
  }

  #lend(connection: Connection): Connection {
    this.#busy.add(connection);
    return connection;
  }

  #release(connection: Connection): void {
    this.#busy.delete(connection);
    this.#idle.push(connection);
    this.#waiting.shift()?.();
  }
}
