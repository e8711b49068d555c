import { setImmediate } from 'node:timers/promises';
import { ColumnAppender } from '../duckdb/column-appender.js';
import type { Connection } from '../duckdb/connection.js';
import type { Instance } from '../duckdb/instance.js';
import { pointTables, type PackedPoints } from './packed-points.js';

/** DuckDB's memory below which there is none to spare for it: a million points take some 30 MB. bytes */
const leastMemoryBytes = 128 * 1024 ** 2;
/** Appending this many rows occupies the event loop for about 1 ms. */
const rowsPerFlush = 2_000;

/**
 * Tables in memory through which many points come into the file at once: whole row groups, which DuckDB
 * compresses and writes on its own threads. Appended to the file's tables they would go through the log,
 * lie in memory as they came until the next checkpoint, and be compressed then.
 *
 * They are filled in one transaction, which takes over what was appended: rows of each flush alone would
 * be copied again.
 */
export class PointStaging {
  readonly #connection: Connection;
  /** Handed in by {@link stage} since the last {@link clear}. */
  #staged: PackedPoints[] = [];
  #points = 0;
  /** By table, while the transaction is open. */
  #appenders: ColumnAppender[] = [];
  /** Appended since the last flush. */
  #rows = 0;
  #isMoving = false;
  #work: Promise<void> = Promise.resolve();

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @returns undefined where DuckDB's memory is too small for it */
  static async create(instance: Instance): Promise<PointStaging | undefined> {
    if (instance.memoryLimitBytes < leastMemoryBytes) return undefined;
    return new PointStaging(await instance.connect());
  }

  /** What is staged ahead; undefined while it is being moved. */
  get ahead(): { readonly batches: number; readonly points: number } | undefined {
    if (this.#isMoving) return undefined;
    return { batches: this.#staged.length, points: this.#points };
  }

  /** Appends a batch that is moved after those staged before it. What fails shows in {@link move}. */
  stage(batch: PackedPoints): void {
    this.#staged.push(batch);
    this.#points += batch.points;
    this.#work = this.#work.then(() => this.#append(batch));
    this.#work.catch(() => undefined);
  }

  /**
   * Brings points into the transaction that is open on another connection: those staged, and what
   * follows them.
   *
   * @param writer has changed nothing but the file, and has not looked at `_staged` yet
   */
  async move(batches: readonly PackedPoints[], writer: Connection): Promise<void> {
    this.#isMoving = true;
    const isAhead = this.#staged.every((batch, index) => batch === batches[index]);
    const isWhole = await this.#work.then(
      () => true,
      () => false,
    );
    if (!isAhead || !isWhole) await this.#startOver();
    for (const batch of batches.slice(this.#staged.length)) {
      this.stage(batch);
      await this.#work;
      if (this.#rows === 0) await setImmediate();
    }
    await this.#commit();
    for (const [table, { name }] of pointTables.entries()) {
      if (batches.every(({ tables }) => tables[table]!.rows === 0)) continue;
      await writer.execute(`INSERT INTO ${name} FROM ${stagedAs(name)}`);
    }
  }

  /** Frees the memory, once that transaction has ended: before, DuckDB would keep it for longer. */
  clear(): void {
    this.#isMoving = false;
    if (this.#staged.length > 0) void this.#startOver();
  }

  async close(): Promise<void> {
    this.clear();
    await this.#work;
    this.#connection.close();
  }

  #startOver(): Promise<void> {
    this.#staged = [];
    this.#points = 0;
    this.#work = this.#work.catch(() => undefined).then(() => this.#discard());
    return this.#work;
  }

  async #append({ tables }: PackedPoints): Promise<void> {
    if (this.#appenders.length === 0) await this.#begin();
    for (const [table, { columns, rows }] of tables.entries()) {
      this.#appenders[table]!.appendPacked(columns, rows, pointTables[table]!.nullable);
      this.#rows += rows;
    }
    if (this.#rows >= rowsPerFlush) this.#flush();
  }

  async #begin(): Promise<void> {
    const appenders: ColumnAppender[] = [];
    for (const { name, kinds } of pointTables) {
      await this.#connection.execute(
        `CREATE OR REPLACE TABLE ${stagedAs(name)} AS FROM ${name} LIMIT 0`,
      );
      appenders.push(await ColumnAppender.create(this.#connection, name, kinds, '_staged'));
    }
    await this.#connection.execute('BEGIN TRANSACTION');
    this.#appenders = appenders;
  }

  #flush(): void {
    for (const appender of this.#appenders) appender.flush();
    this.#rows = 0;
  }

  async #commit(): Promise<void> {
    this.#flush();
    for (const appender of this.#appenders.splice(0)) appender.close();
    await this.#connection.execute('COMMIT');
  }

  /** Nobody waits for it, and what cannot be dropped is replaced by the next of its name. */
  async #discard(): Promise<void> {
    this.#rows = 0;
    if (this.#appenders.length > 0) {
      for (const appender of this.#appenders.splice(0)) {
        appender.discard();
        appender.close();
      }
      await this.#connection.execute('ROLLBACK').catch(() => undefined);
    }
    for (const { name } of pointTables) {
      await this.#connection
        .execute(`DROP TABLE IF EXISTS ${stagedAs(name)}`)
        .catch(() => undefined);
    }
  }
}

function stagedAs(name: string): string {
  return `_staged.${name}`;
}
