import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import { lookbackUs, windowStartUs, windowUs } from './window.js';

/**
 * Windows whose points are newer than their summaries. A mark is written in the same transaction
 * as the points, so that a crash forgets neither; memory spares writing a mark that stands already.
 */
export class DirtyWindows {
  /** Marks that are in the file. */
  readonly #marked = new Set<number>();
  readonly #added = new Set<number>();
  readonly #cleared = new Set<number>();
  /** Windows that the open transaction's points change. */
  readonly #touched = new Set<number>();
  /** How often a window that is marked was changed by commits. */
  readonly #changes = new Map<number, number>();
  #newestUs = 0;

  async load(connection: Connection): Promise<void> {
    for (const row of await connection.query(
      'SELECT epoch_us(window_start) AS us FROM dirty_windows',
    )) {
      this.#marked.add(row['us'] as number);
    }
    const [newest] = await connection.query(
      `SELECT max(epoch_us(t)) AS us FROM (
         SELECT max(time) AS t FROM points UNION ALL SELECT max(time) FROM histogram_points)`,
    );
    this.#newestUs = windowStartUs((newest?.['us'] as number | undefined) ?? 0);
  }

  /** Notes that points between these times are about to be committed. µs, inclusive */
  touch(firstUs: number, lastUs: number): void {
    const first = windowStartUs(firstUs);
    this.#newestUs = Math.max(this.#newestUs, windowStartUs(lastUs));
    // A late point changes what the counters of its series rose by in the windows after it.
    const last = Math.min(first + lookbackUs, this.#newestUs);
    for (let start = first; start <= Math.max(last, windowStartUs(lastUs)); start += windowUs) {
      this.#touched.add(start);
      if (!this.#marked.has(start)) this.#added.add(start);
    }
  }

  /** Notes that something about to be committed changes the window that begins then, and no other. µs */
  mark(startUs: number): void {
    this.#touched.add(startUs);
    if (!this.#marked.has(startUs)) this.#added.add(startUs);
  }

  /** Writes the new marks into the open transaction. */
  async flush(connection: Connection): Promise<void> {
    if (this.#added.size === 0) return;
    await connection.run(
      `INSERT INTO dirty_windows SELECT make_timestamp(us) FROM ${fromJsonRows({ us: 'BIGINT' })}
       ON CONFLICT DO NOTHING`,
      [JSON.stringify([...this.#added].map((us) => ({ us })))],
    );
  }

  /** Takes a window off the list in the open transaction. */
  async clear(connection: Connection, startUs: number): Promise<void> {
    await connection.run('DELETE FROM dirty_windows WHERE window_start = ?', [
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

  /** The window that holds the newest point. µs */
  get newestUs(): number {
    return this.#newestUs;
  }

  /**
   * How often a window was changed by commits since its mark was set. Who reads it, then the points,
   * and finds it the same while nothing commits, has read all that there is.
   */
  changesOf(startUs: number): number {
    return this.#changes.get(startUs) ?? 0;
  }

  #forget(): void {
    this.#touched.clear();
    this.#added.clear();
    this.#cleared.clear();
  }
}
