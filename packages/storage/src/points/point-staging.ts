import { setImmediate } from 'node:timers/promises';
import { ColumnAppender } from '../duckdb/column-appender.js';
import type { Connection } from '../duckdb/connection.js';
import type { Instance } from '../duckdb/instance.js';
import { pointTables, type PackedPoints } from './packed-points.js';

/** DuckDB's memory below which there is none to spare for it: a million points take some 30 MB. bytes */
const leastMemoryBytes = 128 * 1024 ** 2;
/** Appending this many rows occupies the event loop for some 5 ms. */
const rowsPerFlush = 10_000;

/**
 * Tables in memory through which many points come into the file at once: whole row groups, which DuckDB
 * compresses and writes on its own threads. Appended to the file's tables they would go through the log,
 * lie in memory as they came until the next checkpoint, and be compressed then.
 */
export class PointStaging {
  readonly #connection: Connection;
  #staged: string[] = [];
  #clearing: Promise<void> | undefined;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @returns undefined where DuckDB's memory is too small for it */
  static async create(instance: Instance): Promise<PointStaging | undefined> {
    if (instance.memoryLimitBytes < leastMemoryBytes) return undefined;
    return new PointStaging(await instance.connect());
  }

  /**
   * Brings points into the transaction that is open on another connection.
   *
   * @param writer has changed nothing but the file, and has not looked at `_staged` yet
   */
  async move(batches: readonly PackedPoints[], writer: Connection): Promise<void> {
    await this.#clearing;
    for (const [table, { name }] of pointTables.entries()) {
      if (batches.every(({ tables }) => tables[table]!.rows === 0)) continue;
      this.#staged.push(name);
      await this.#stage(batches, table);
    }
    for (const name of this.#staged) {
      await writer.execute(`INSERT INTO ${name} FROM ${stagedAs(name)}`);
    }
  }

  /** Frees the memory, once that transaction has ended: before, DuckDB would keep it for longer. */
  clear(): void {
    if (this.#staged.length > 0) this.#clearing = this.#clear(this.#staged.splice(0));
  }

  async close(): Promise<void> {
    await this.#clearing;
    this.#connection.close();
  }

  /** Nobody waits for it, and what cannot be dropped is replaced by the next of its name. */
  async #clear(staged: readonly string[]): Promise<void> {
    for (const name of staged) {
      await this.#connection
        .execute(`DROP TABLE IF EXISTS ${stagedAs(name)}`)
        .catch(() => undefined);
    }
  }

  /** In a transaction, which takes over what was appended; rows of each flush alone would be copied again. */
  async #stage(batches: readonly PackedPoints[], table: number): Promise<void> {
    const { name, kinds, nullable } = pointTables[table]!;
    await this.#connection.execute(
      `CREATE OR REPLACE TABLE ${stagedAs(name)} AS FROM ${name} LIMIT 0`,
    );
    const appender = await ColumnAppender.create(this.#connection, name, kinds, '_staged');
    try {
      await this.#connection.execute('BEGIN TRANSACTION');
      let rows = 0;
      for (const { tables } of batches) {
        appender.appendPacked(tables[table]!.columns, tables[table]!.rows, nullable);
        rows += tables[table]!.rows;
        if (rows < rowsPerFlush) continue;
        appender.flush();
        rows = 0;
        await setImmediate();
      }
      appender.flush();
      await this.#connection.execute('COMMIT');
    } catch (reason) {
      appender.discard();
      await this.#connection.execute('ROLLBACK').catch(() => undefined); // The first error leads.
      throw reason;
    } finally {
      appender.close();
    }
  }
}

function stagedAs(name: string): string {
  return `_staged.${name}`;
}
