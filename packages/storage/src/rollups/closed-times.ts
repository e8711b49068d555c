import type { Connection } from '../duckdb/connection.js';
import { startOf } from './intervals.js';

interface TimeRange {
  readonly fromUs: number;
  readonly toUs: number;
  readonly isSketched: boolean;
}

/**
 * Times whose points are gone, so that nothing can be computed anew there: a point that says it is
 * from then would replace what is known by itself alone. A clock that goes back makes such points.
 */
export class ClosedTimes {
  /** By their ends, so that the newest are looked at first. */
  #ranges: TimeRange[] = [];
  #pending: TimeRange[] = [];
  #lookedAtUs: number | undefined;

  async load(connection: Connection): Promise<void> {
    const rows = await connection.query(
      `SELECT epoch_us(from_time) AS from_us, epoch_us(to_time) AS to_us, is_sketched
       FROM closed_times ORDER BY to_time`,
    );
    for (const row of rows) {
      this.#add({
        fromUs: row['from_us'] as number,
        toUs: row['to_us'] as number,
        isSketched: row['is_sketched'] as boolean,
      });
    }
  }

  /** Closes times in the open transaction. µs, the last exclusive */
  async close(connection: Connection, fromUs: number, toUs: number): Promise<void> {
    await connection.run('INSERT INTO closed_times VALUES (?, ?, true)', [
      new Date(fromUs / 1000),
      new Date(toUs / 1000),
    ]);
    this.#pending.push({ fromUs, toUs, isSketched: true });
  }

  committed(): void {
    for (const range of this.#pending.splice(0)) this.#add(range);
  }

  rolledBack(): void {
    this.#pending = [];
  }

  has(us: number): boolean {
    for (let index = this.#ranges.length - 1; index >= 0; index -= 1) {
      const { fromUs, toUs } = this.#ranges[index]!;
      if (us >= toUs) return false;
      if (us >= fromUs) return true;
    }
    return false;
  }

  /** Whether the horizon has come to another hour since it was asked last, so that closing may be due. */
  isTimeToLook(horizonUs: number): boolean {
    const hour = startOf('1h', horizonUs);
    if (hour === this.#lookedAtUs) return false;
    this.#lookedAtUs = hour;
    return true;
  }

  /** Whether between these times something is closed that no sketch holds. */
  lacksSketches(fromUs: number, toUs: number): boolean {
    return this.#ranges.some(
      (range) => !range.isSketched && range.fromUs < toUs && fromUs < range.toUs,
    );
  }

  /** Joins it with those it touches: an unbroken year is one range. */
  #add(added: TimeRange): void {
    let { fromUs, toUs } = added;
    const apart = this.#ranges.filter((range) => {
      const isApart =
        range.isSketched !== added.isSketched || range.toUs < fromUs || range.fromUs > toUs;
      if (!isApart) {
        fromUs = Math.min(fromUs, range.fromUs);
        toUs = Math.max(toUs, range.toUs);
      }
      return isApart;
    });
    this.#ranges = [...apart, { ...added, fromUs, toUs }].sort((a, b) => a.toUs - b.toUs);
  }
}
