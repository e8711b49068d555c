import type { Connection } from '../duckdb/connection.js';
import type { Journal } from '../journal/journal.js';
import type { WorkFolder } from '../lifecycle/work-folder.js';
import type { Logger } from '../logger.js';
import type { Write, WriteQueue } from '../writes/write-queue.js';
import { insertByFile } from './insert-by-file.js';
import type { PackedPoints } from './packed-points.js';
import type { PointColumns } from './point-columns.js';
import type { PointWriter } from './point-writer.js';

interface PointIntakeParts {
  readonly journal: Journal;
  readonly writer: PointWriter;
  readonly work: WorkFolder;
  readonly queue: WriteQueue;
  readonly logger: Logger;
}

interface Pending {
  readonly sequence: number;
  readonly packed: PackedPoints;
}

/** Points in one transaction, appended to the tables: that occupies the event loop for some 10 ms. */
const pointsPerStep = 32_000;
/** Two of DuckDB's row groups: points in one transaction that brings them in by {@link insertByFile}. */
const pointsPerBulk = 2 * 122_880;
/** From how many points on that is the better way: not much less than a row group. */
const worthBulk = 100_000;
/** After how long points are drained when they do not become as many as a bulk. ms */
const drainAfterMs = 1_000;
/** Points beyond which whoever brings more waits for the database. */
const waitAtPoints = 400_000;

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
  readonly #work: WorkFolder;
  readonly #queue: WriteQueue;
  readonly #logger: Logger;
  #pending: Pending[] = [];
  #points = 0;
  /** How many of the pending are in the open transaction. */
  #draining = 0;
  #timer: NodeJS.Timeout | undefined;
  #drain: Promise<void> | undefined;

  constructor({ journal, writer, work, queue, logger }: PointIntakeParts) {
    this.#journal = journal;
    this.#writer = writer;
    this.#work = work;
    this.#queue = queue;
    this.#logger = logger;
  }

  /**
   * Takes points; decided at once, while they are checked, so that nothing can come in between.
   *
   * @param ids numbers of the batch's series, by position; 0: not known
   * @returns what resolves once they are on the disk; undefined when they have to take the long way
   * @throws {StorageError} `STORAGE_OVERLOADED`
   */
  add(points: PointColumns, accept: Uint8Array, ids: Int32Array): Promise<void> | undefined {
    const packed = this.#writer.packKnown(points, accept, ids);
    if (!packed) return undefined;
    this.#queue.hold(packed.points);
    const { sequence, written } = this.#journal.add(packed.bytes);
    this.#pending.push({ sequence, packed });
    this.#points += packed.points;
    this.#timer ??= setTimeout(() => void this.drain(), drainAfterMs).unref();
    if (this.#points < pointsPerBulk) return written;
    const drained = this.#drainFull();
    if (this.#points < waitAtPoints) return written;
    return Promise.all([written, drained]).then(() => undefined);
  }

  /**
   * Brings what was added until now into the database. What cannot be stays in the journal, and is tried
   * again with whatever is written or read next.
   */
  drain(): Promise<void> {
    return this.#settle();
  }

  async #settle(some?: () => Write<void>[]): Promise<void> {
    if (this.#pending.length === 0) return;
    await this.#queue.settle(some).catch((reason: unknown) => {
      this.#logger.warn({ err: reason }, 'acknowledged points are in the journal alone');
    });
  }

  /** Waits for the journal, and removes it unless something in it is nowhere else. */
  close(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#journal.close();
  }

  /**
   * What the queue has to write before anything else, one transaction each.
   *
   * @param least fewer points than that are left for later
   */
  steps(least = 0): Write<void>[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const steps: Write<void>[] = [];
    let from = 0;
    let left = this.#points;
    while (from < this.#pending.length && left >= least) {
      const isBulk = left >= worthBulk;
      const size = this.#sizeOf(from, isBulk ? pointsPerBulk : pointsPerStep);
      for (const { packed } of this.#pending.slice(from, from + size)) left -= packed.points;
      steps.push(isBulk ? this.#bulkStep(size) : this.#step(size));
      from += size;
    }
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

  /** How many of the pending, from one on, have so many points at most; at least one. */
  #sizeOf(from: number, mostPoints: number): number {
    let points = 0;
    let end = from;
    while (end < this.#pending.length) {
      points += this.#pending[end]!.packed.points;
      if (points > mostPoints && end > from) break;
      end += 1;
    }
    return end - from;
  }

  #step(size: number): Write<void> {
    return async (connection) => {
      const batches = this.#first(size);
      await this.#writer.writePacked(connection, batches);
      await this.#noteDrained(connection, size);
    };
  }

  #bulkStep(size: number): Write<void> {
    return async (connection) => {
      const batches = this.#first(size);
      await insertByFile(connection, batches, this.#work);
      await this.#writer.noteWindows(connection, batches);
      await this.#noteDrained(connection, size);
    };
  }

  #first(size: number): PackedPoints[] {
    return this.#pending.slice(0, size).map(({ packed }) => packed);
  }

  async #noteDrained(connection: Connection, size: number): Promise<void> {
    const { sequence } = this.#pending[size - 1]!;
    await connection.run('UPDATE points_journal SET drained_until = ?', [sequence]);
    this.#draining = size;
  }

  /** Full steps alone, one drain at a time: what is left over would be a small step after each large one. */
  #drainFull(): Promise<void> {
    this.#drain ??= this.#settle(() => this.steps(pointsPerBulk)).finally(() => {
      this.#drain = undefined;
    });
    return this.#drain;
  }
}
