import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';

/** Which windows have spans that are newer than the connections; a copy in memory of `dirty_connections`. */
export class DirtyConnections {
  /** Marks that are in the file. */
  readonly #marked = new Set<number>();
  readonly #added = new Set<number>();
  readonly #cleared = new Set<number>();
  /** Windows that the open transaction's spans change. */
  readonly #touched = new Set<number>();
  /** How often a window that is marked was changed by commits. */
  readonly #changes = new Map<number, number>();

  async load(connection: Connection): Promise<void> {
    for (const row of await connection.query(
      'SELECT epoch_us(window_start) AS us FROM dirty_connections',
    )) {
      this.#marked.add(row['us'] as number);
    }
  }

  /** Notes that spans of the window that begins then are about to be committed. µs */
  touch(startUs: number): void {
    this.#touched.add(startUs);
    if (!this.#marked.has(startUs)) this.#added.add(startUs);
  }

  /** Writes the new marks into the open transaction. */
  async flush(connection: Connection): Promise<void> {
    if (this.#added.size === 0) return;
    await connection.run(
      `INSERT INTO dirty_connections SELECT make_timestamp(us) FROM ${fromJsonRows({ us: 'BIGINT' })}
       ON CONFLICT DO NOTHING`,
      [JSON.stringify([...this.#added].map((us) => ({ us })))],
    );
  }

  /** Takes a window off the list, in the open transaction. */
  async clear(connection: Connection, startUs: number): Promise<void> {
    await connection.run('DELETE FROM dirty_connections WHERE window_start = ?', [
      new Date(startUs / 1000),
    ]);
    this.#cleared.add(startUs);
  }

  committed(): void {
    for (const start of this.#cleared) {
      this.#marked.delete(start);
      this.#changes.delete(start);
    }
    for (const start of this.#added) this.#marked.add(start);
    for (const start of this.#touched) this.#changes.set(start, this.changesOf(start) + 1);
    this.#forget();
  }

  rolledBack(): void {
    this.#forget();
  }

  /** Oldest first. µs */
  list(): number[] {
    return [...this.#marked].sort((a, b) => a - b);
  }

  /**
   * How often a window was changed by commits since its mark was set. Who reads it, then the spans, and
   * finds it the same while nothing commits, has read all that there is.
   */
  changesOf(startUs: number): number {
    return this.#changes.get(startUs) ?? 0;
  }

  /** Whether a window that begins between these times waits. µs, the last exclusive */
  hasBetween(fromUs: number, toUs: number): boolean {
    return [...this.#marked].some((us) => us >= fromUs && us < toUs);
  }

  #forget(): void {
    this.#touched.clear();
    this.#added.clear();
    this.#cleared.clear();
  }
}
