import type { Connection, Row } from '../duckdb/connection.js';
import type { Instance } from '../duckdb/instance.js';
import { interruptWhenAborted } from '../duckdb/interrupt-when-aborted.js';
import type { SqlParameter } from '../duckdb/values.js';
import { isStorageError, StorageError } from '../storage-error.js';
import { requireCount } from '../writes/check-input.js';

export interface ReaderPoolOptions {
  /** Connections that read at once; below libuv's four threads, so that writing keeps one. */
  readonly maxReaders: number;
  /** How long a read may take, waiting included, when the caller says nothing. ms */
  readonly readTimeoutMs: number;
}

export interface ReadOptions {
  /** From 1 to 2,147,483,647 ms, waiting for a connection included; default the pool's. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A connection that a reader holds. */
export interface Lease {
  readonly connection: Connection;
  /**
   * Aborted at the deadline, by the caller, or by closing, with the error to show as its reason;
   * what runs on the connection is then interrupted until `settle` or `release`.
   */
  readonly signal: AbortSignal;
  /** The error to show: an interrupt becomes the timeout or the cancellation that caused it. */
  explain(reason: unknown): unknown;
  /** Ends the interrupting, so that the holder can tidy up before it releases. */
  settle(): void;
  release(): void;
}

interface Waiting {
  take(connection: Connection): void;
  refuse(reason: StorageError): void;
}

/**
 * Bounded readers, each with a deadline: no reader can stall ingest, or a CHECKPOINT for long.
 */
export class ReaderPool {
  readonly #instance: Instance;
  readonly #options: ReaderPoolOptions;
  readonly #idle: Connection[] = [];
  readonly #busy = new Set<Connection>();
  /** First come, first served: a connection given back goes straight to who waits longest. */
  readonly #waiting: Waiting[] = [];
  /** What stops each read that waits or runs. */
  readonly #stops = new Set<AbortController>();
  #opened = 0;
  #connecting = 0;
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
    const timeoutMs = requireCount(
      'timeoutMs',
      options.timeoutMs ?? this.#options.readTimeoutMs,
      1,
    );
    const stop = new AbortController();
    const { signal } = stop;
    const timer = setTimeout(() => stop.abort(timedOut(timeoutMs)), timeoutMs).unref();
    const cancel = () => stop.abort(cancelled());
    options.signal?.addEventListener('abort', cancel);
    if (options.signal?.aborted) cancel();
    this.#stops.add(stop);
    const forget = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', cancel);
      this.#stops.delete(stop);
    };
    let connection: Connection;
    try {
      connection = await this.#acquire(signal);
    } catch (reason) {
      forget();
      throw reason;
    }
    const settle = interruptWhenAborted(connection, signal);
    let isHeld = true;
    return {
      connection,
      signal,
      explain: (reason) =>
        signal.aborted && isStorageError(reason) && reason.code === 'STORAGE_CANCELLED'
          ? signal.reason
          : reason,
      settle,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        settle();
        forget();
        this.#release(connection);
      },
    };
  }

  /** Stops what still reads after `graceMs`, then closes every connection. */
  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    for (const { refuse } of this.#waiting.splice(0)) refuse(closed());
    const end = Date.now() + graceMs;
    while (this.#busy.size + this.#connecting > 0) {
      if (Date.now() >= end) for (const stop of this.#stops) stop.abort(closed());
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    for (const connection of this.#idle.splice(0)) connection.close();
  }

  async #acquire(signal: AbortSignal): Promise<Connection> {
    if (this.#closed) throw closed();
    signal.throwIfAborted();
    const idle = this.#idle.pop();
    if (!idle && this.#opened >= this.#options.maxReaders) return this.#wait(signal);
    const connection = idle ?? (await this.#connect());
    this.#busy.add(connection);
    return connection;
  }

  #wait(signal: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
      };
      const waiting: Waiting = {
        take: (connection) => {
          signal.removeEventListener('abort', giveUp);
          resolve(connection);
        },
        refuse: (reason) => {
          signal.removeEventListener('abort', giveUp);
          reject(reason);
        },
      };
      this.#waiting.push(waiting);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  async #connect(): Promise<Connection> {
    this.#opened += 1;
    this.#connecting += 1;
    try {
      const connection = await this.#instance.connect();
      if (!this.#closed) return connection;
      connection.close();
      throw closed();
    } catch (reason) {
      this.#opened -= 1;
      throw reason;
    } finally {
      this.#connecting -= 1;
    }
  }

  #release(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next) {
      next.take(connection); // It stays busy.
      return;
    }
    this.#busy.delete(connection);
    this.#idle.push(connection);
  }
}

function timedOut(timeoutMs: number): StorageError {
  return new StorageError(
    'STORAGE_TIMEOUT',
    `The read took longer than ${timeoutMs} ms. Ask for less, or allow it more time.`,
    { details: { timeoutMs } },
  );
}

function cancelled(): StorageError {
  return new StorageError('STORAGE_CANCELLED', 'The read was cancelled by its caller.');
}

function closed(): StorageError {
  return new StorageError('STORAGE_NOT_OPEN', 'The database is closed. Open it again to read.');
}
