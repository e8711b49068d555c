import type { Connection } from '../duckdb/connection.js';
import { summaryIntervals, type SummaryInterval } from '../schema/tables/metric-summaries.js';
import { windowsFromJson } from './roll-up-windows-sql.js';

/** A window by its interval and start. µs */
export interface RollupWindow {
  readonly interval: SummaryInterval;
  readonly us: number;
}

/** Which windows the next roll-up has to bring up to date; a copy in memory of `dirty_rollups`. */
export class DirtyRollups {
  readonly #marked: Readonly<Record<SummaryInterval, Set<number>>> = {
    '5m': new Set(),
    '15m': new Set(),
    '1h': new Set(),
    '1d': new Set(),
  };

  /** What becomes true with the open transaction's COMMIT. */
  #pending: (() => void)[] = [];

  async load(connection: Connection): Promise<void> {
    for (const { interval, us } of await connection.query(
      'SELECT interval, epoch_us(window_start) AS us FROM dirty_rollups',
    )) {
      this.#marked[interval as SummaryInterval].add(us as number);
    }
  }

  /** Marks windows in the open transaction. */
  async mark(connection: Connection, windows: readonly RollupWindow[]): Promise<void> {
    const fresh = windows.filter(({ interval, us }) => !this.#marked[interval].has(us));
    if (fresh.length === 0) return;
    await connection.run(
      `INSERT INTO dirty_rollups SELECT interval, make_timestamp(us) FROM ${windowsFromJson}
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(fresh)],
    );
    this.#pending.push(() => fresh.forEach(({ interval, us }) => this.#marked[interval].add(us)));
  }

  /** Takes marks away in the open transaction. */
  async clear(connection: Connection, windows: readonly RollupWindow[]): Promise<void> {
    await connection.run(
      `DELETE FROM dirty_rollups WHERE (interval, window_start) IN (
         SELECT (interval, make_timestamp(us)) FROM ${windowsFromJson})`,
      [JSON.stringify(windows)],
    );
    this.#pending.push(() =>
      windows.forEach(({ interval, us }) => this.#marked[interval].delete(us)),
    );
  }

  committed(): void {
    for (const apply of this.#pending.splice(0)) apply();
  }

  rolledBack(): void {
    this.#pending = [];
  }

  /** Starts, oldest first. µs */
  list(interval: SummaryInterval): number[] {
    return [...this.#marked[interval]].sort((a, b) => a - b);
  }

  /** Whether a window that begins between these times waits. µs, the last exclusive */
  hasBetween(fromUs: number, toUs: number): boolean {
    return summaryIntervals.some((interval) =>
      [...this.#marked[interval]].some((us) => us >= fromUs && us < toUs),
    );
  }
}
