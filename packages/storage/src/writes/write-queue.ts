import type { Connection } from '../duckdb/connection.js';
import { toStorageError } from '../duckdb/duckdb-error.js';
import { StorageError } from '../storage-error.js';

/** One logical write. It runs inside the group's transaction and may run again on a retry. */
export type Write<T> = (connection: Connection) => Promise<T>;

export interface WriteQueueOptions {
  /** Writes that may wait; beyond it new ones are refused. */
  readonly maxPending: number;
  /** Weight (for points: their number) that may wait; beyond it new writes are refused. */
  readonly maxPendingWeight: number;
  /** What has to be in the database before the next group is written, in a transaction each. */
  readonly before: () => readonly Write<void>[];
  /** Runs inside the transaction, after its writes: flushes what they buffered. */
  readonly beforeCommit: () => void;
  /** Runs after COMMIT, before anybody is answered. */
  readonly afterCommit: () => void;
  /** Runs after ROLLBACK: forgets what the writes buffered. */
  readonly afterRollback: () => void;
  /** The instance is lost; nothing can be written any more. */
  readonly onFatal: (error: StorageError) => void;
}

export interface WriteQueueStats {
  /** Writes that wait or run now. */
  readonly depth: number;
  readonly commits: number;
  /** Writes acknowledged. */
  readonly writes: number;
  readonly failures: number;
}

/** How a write shares its transaction. */
export interface WriteOptions {
  /** What it adds to the queue's load; 0 for small writes. */
  readonly weight?: number;
  /** Runs in a transaction of its own: it reads what others in its group would only buffer. */
  readonly alone?: boolean;
  /** Runs alone and outside any transaction: CHECKPOINT and the like. */
  readonly bare?: boolean;
  /**
   * Makes room, and goes on when others are refused for want of it: in the `file`, also over the size
   * budget; on the `disk`, also while that is short.
   */
  readonly frees?: 'file' | 'disk';
}

interface Pending {
  /** Absent: nothing but what goes before. */
  readonly write?: Write<unknown>;
  /** What goes before it; absent: all that has to. */
  readonly before?: () => readonly Write<void>[];
  readonly weight: number;
  readonly alone: boolean;
  readonly bare: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: StorageError) => void;
}

/** Largest group: bounds how long one commit makes others wait. */
const maxGroup = 256;
/** Weight after which a group is closed. */
const maxGroupWeight = 100_000;
const maxConflictRetries = 5;

/**
 * The one writer. All writes of the process pass here, in order; those that wait together share
 * one transaction, since a commit costs about 2 ms whatever it holds. A promise resolves after the
 * COMMIT that made its write durable.
 *
 * A write that fails takes nobody with it: the group is rolled back and its writes run one by one.
 */
export class WriteQueue {
  readonly #connection: Connection;
  readonly #options: WriteQueueOptions;
  #pending: Pending[] = [];
  #pendingWeight = 0;
  #running = 0;
  #loop: Promise<void> | undefined;
  #stats = { commits: 0, writes: 0, failures: 0 };

  constructor(connection: Connection, options: WriteQueueOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  /**
   * Queues a write.
   *
   * @throws {StorageError} `STORAGE_OVERLOADED` at once when the queue is full, or the write's error
   */
  add<T>(
    write: Write<T>,
    { weight = 0, bare = false, alone = bare }: WriteOptions = {},
  ): Promise<T> {
    const isFull = this.#pending.length >= this.#options.maxPending;
    if (isFull || this.#isTooHeavy(weight)) return Promise.reject(this.#refuse());
    return new Promise<T>((resolve, reject) => {
      this.#push({
        write,
        weight,
        alone,
        bare,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
    });
  }

  /**
   * For whoever would have to work, and take memory, before it knows what to write: half of the queue is
   * theirs.
   *
   * @throws {StorageError} `STORAGE_OVERLOADED`
   */
  requireRoom(): void {
    const { maxPending, maxPendingWeight } = this.#options;
    if (this.#pending.length * 2 >= maxPending || this.#pendingWeight * 2 >= maxPendingWeight) {
      throw this.#refuse();
    }
  }

  /**
   * Counts what waits elsewhere to be written as if it waited here, until {@link release}.
   *
   * @throws {StorageError} `STORAGE_OVERLOADED`
   */
  hold(weight: number): void {
    if (this.#isTooHeavy(weight)) throw this.#refuse();
    this.#pendingWeight += weight;
  }

  /** Ends what {@link hold} began. */
  release(weight: number): void {
    this.#pendingWeight -= weight;
  }

  /** Writes what has to go before the next group now, or `some` of it. */
  settle(some?: () => readonly Write<void>[]): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const before = some ? { before: some } : {};
      this.#push({
        ...before,
        weight: 0,
        alone: true,
        bare: false,
        resolve: () => resolve(),
        reject,
      });
    });
  }

  stats(): WriteQueueStats {
    return { depth: this.#pending.length + this.#running, ...this.#stats };
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    while (this.#loop) await this.#loop;
  }

  #push(pending: Pending): void {
    this.#pending.push(pending);
    this.#pendingWeight += pending.weight;
    this.#loop ??= this.#drain();
  }

  #isTooHeavy(weight: number): boolean {
    return this.#pendingWeight > 0 && this.#pendingWeight + weight > this.#options.maxPendingWeight;
  }

  #refuse(): StorageError {
    this.#stats.failures += 1;
    return new StorageError(
      'STORAGE_OVERLOADED',
      `${this.#pending.length} writes and ${this.#pendingWeight} rows wait already. Send again in a few seconds, or send less.`,
    );
  }

  async #drain(): Promise<void> {
    // One turn, so that writes issued together in this turn share the first commit.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      await this.#writeGroup(this.#takeGroup());
    }
    this.#loop = undefined;
  }

  async #writeGroup(group: readonly Pending[]): Promise<void> {
    this.#running = group.length;
    // CHECKPOINT and the like change no rows: they need not wait for any.
    const failure = group[0]!.bare ? undefined : await this.#writeBefore(group[0]!.before);
    if (failure) {
      this.#stats.failures += group.length;
      for (const { reject } of group) reject(failure);
    } else if (!group[0]!.write) {
      group[0]!.resolve(undefined);
    } else if (!(await this.#commit(group)) && group.length > 1) {
      for (const single of group) await this.#commit([single]);
    }
    this.#running = 0;
  }

  /** @returns why some of it could not be written: what comes after it then must not be either */
  async #writeBefore(before = this.#options.before): Promise<StorageError | undefined> {
    for (const write of before()) {
      let failure: StorageError | undefined;
      const reject = (reason: StorageError) => (failure = reason);
      await this.#commit([
        { write, weight: 0, alone: true, bare: false, resolve: () => undefined, reject },
      ]);
      if (failure) return failure;
    }
    return undefined;
  }

  #takeGroup(): Pending[] {
    let size = 0;
    let weight = 0;
    for (const next of this.#pending) {
      const isFull = size === maxGroup || weight + next.weight > maxGroupWeight || next.alone;
      if (size > 0 && isFull) break;
      size += 1;
      weight += next.weight;
      if (next.alone) break;
    }
    this.#pendingWeight -= weight;
    return this.#pending.splice(0, size);
  }

  /** @returns false when a group of several must be tried one by one */
  async #commit(group: readonly Pending[]): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const results = await this.#transact(group);
        this.#stats.commits += 1;
        this.#stats.writes += group.length;
        group.forEach(({ resolve }, index) => resolve(results[index]));
        return true;
      } catch (reason) {
        const error = toStorageError(reason, 'write');
        if (error.code === 'STORAGE_CONFLICT' && attempt < maxConflictRetries) continue;
        if (error.details['fatal']) this.#options.onFatal(error);
        else if (group.length > 1) return false;
        this.#stats.failures += group.length;
        for (const { reject } of group) reject(error);
        return true;
      }
    }
  }

  async #transact(group: readonly Pending[]): Promise<unknown[]> {
    if (group[0]?.bare) return [await group[0].write!(this.#connection)];
    await this.#connection.execute('BEGIN TRANSACTION');
    try {
      const results: unknown[] = [];
      for (const { write } of group) results.push(await write!(this.#connection));
      this.#options.beforeCommit();
      await this.#connection.execute('COMMIT');
      this.#options.afterCommit();
      return results;
    } catch (reason) {
      this.#options.afterRollback();
      await this.#rollBack(reason);
      throw reason;
    }
  }

  /** A failed COMMIT has already rolled back; anything else that fails here loses the instance. */
  async #rollBack(first: unknown): Promise<void> {
    try {
      await this.#connection.execute('ROLLBACK');
    } catch (second) {
      if (/no transaction is active/i.test(String(second))) return;
      throw new StorageError(
        'STORAGE_FATAL',
        'A failed write could not be rolled back. Close the database and open it again.',
        { cause: new AggregateError([first, second]), details: { fatal: true } },
      );
    }
  }
}
