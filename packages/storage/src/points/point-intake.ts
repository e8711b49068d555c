import type { Connection } from '../duckdb/connection.js';
import type { Journal } from '../journal/journal.js';
import type { Logger } from '../logger.js';
import type { Write, WriteQueue } from '../writes/write-queue.js';
import type { PackedPoints } from './packed-points.js';
import type { PointColumns } from './point-columns.js';
import type { PointWriter } from './point-writer.js';

interface Pending {
  readonly sequence: number;
  readonly packed: PackedPoints;
}

/** Points in one transaction: appending them occupies the event loop for some 10 ms. */
const pointsPerStep = 32_000;
/** Points after which they are drained at once, and after how long they are anyway. ms */
const drainAtPoints = 32_000;
const drainAfterMs = 200;
/** Points beyond which whoever brings more waits for the database. */
const waitAtPoints = 256_000;

/**
 * The short way of points whose series are all known: they are acknowledged once they are in the
 * journal, and come into the database some moments later, many requests in one transaction.
 *
 * The order of writes stays as it was: whatever else is written comes after the points that were added
 * before it, because the queue drains them first.
 */
export class PointIntake {
  readonly #journal: Journal;
  readonly #writer: PointWriter;
  readonly #queue: WriteQueue;
  readonly #logger: Logger;
  #pending: Pending[] = [];
  #points = 0;
  /** How many of the pending are in the open transaction. */
  #draining = 0;
  #timer: NodeJS.Timeout | undefined;
  #drain: Promise<void> | undefined;

  constructor(journal: Journal, writer: PointWriter, queue: WriteQueue, logger: Logger) {
    this.#journal = journal;
    this.#writer = writer;
    this.#queue = queue;
    this.#logger = logger;
  }

  /**
   * Takes points; decided at once, while they are checked, so that nothing can come in between.
   *
   * @returns what resolves once they are on the disk; undefined when they have to take the long way
   * @throws {StorageError} `STORAGE_OVERLOADED`
   */
  add(points: PointColumns, accept: Uint8Array): Promise<void> | undefined {
    const packed = this.#writer.packKnown(points, accept);
    if (!packed) return undefined;
    this.#queue.hold(packed.points);
    const { sequence, written } = this.#journal.add(packed.bytes);
    this.#pending.push({ sequence, packed });
    this.#points += packed.points;
    if (this.#points >= drainAtPoints) void this.#drainSoon();
    else this.#timer ??= setTimeout(() => void this.#drainSoon(), drainAfterMs).unref();
    if (this.#points < waitAtPoints) return written;
    return Promise.all([written, this.#drainSoon()]).then(() => undefined);
  }

  /**
   * Brings what was added until now into the database. What cannot be stays in the journal, and is tried
   * again with whatever is written or read next.
   */
  async drain(): Promise<void> {
    if (this.#pending.length === 0) return;
    await this.#queue.settle().catch((reason: unknown) => {
      this.#logger.warn({ err: reason }, 'acknowledged points are in the journal alone');
    });
  }

  /** Waits for the journal, and removes it unless something in it is nowhere else. */
  close(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#journal.close();
  }

  /** What the queue has to write before anything else, one transaction each. */
  steps(): Write<void>[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const steps: Write<void>[] = [];
    let points = 0;
    let size = 0;
    for (const { packed } of this.#pending) {
      size += 1;
      points += packed.points;
      if (points < pointsPerStep) continue;
      steps.push(this.#step(size));
      size = 0;
      points = 0;
    }
    if (size > 0) steps.push(this.#step(size));
    return steps;
  }

  committed(): void {
    if (this.#draining === 0) return;
    const done = this.#pending.splice(0, this.#draining);
    this.#draining = 0;
    const points = done.reduce((sum, { packed }) => sum + packed.points, 0);
    this.#points -= points;
    this.#queue.release(points);
    this.#journal.drained(done.at(-1)!.sequence);
  }

  rolledBack(): void {
    this.#draining = 0;
  }

  #step(size: number): Write<void> {
    return async (connection: Connection) => {
      const some = this.#pending.slice(0, size);
      await this.#writer.writePacked(
        connection,
        some.map(({ packed }) => packed),
      );
      await connection.run('UPDATE points_journal SET drained_until = ?', [some.at(-1)!.sequence]);
      this.#draining = size;
    };
  }

  /** One at a time. */
  #drainSoon(): Promise<void> {
    this.#drain ??= this.drain().finally(() => (this.#drain = undefined));
    return this.#drain;
  }
}
