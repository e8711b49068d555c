import type { Connection } from '../duckdb/connection.js';
import { intervalUs, startOf } from '../rollups/intervals.js';

/**
 * How many spans are stored of each hour, those of the open transaction included, and whether there may
 * be more. By hours, because an hour is dropped only when later ones hold data: a bound on all of them
 * together could refuse what would make room.
 */
export class SpanCount {
  readonly #maxPerHour: number;
  #stored = new Map<number, number>();
  #pending = new Map<number, number>();

  /** @param maxPerHour 0: any number */
  constructor(maxPerHour: number) {
    this.#maxPerHour = maxPerHour;
  }

  async load(connection: Connection): Promise<void> {
    if (this.#maxPerHour === 0) return;
    const rows = await connection.query(
      `SELECT epoch_us(time_bucket(INTERVAL 1 HOUR, end_time)) AS us, count(*) AS spans
       FROM spans GROUP BY us`,
    );
    this.#stored = new Map(rows.map(({ us, spans }) => [us as number, spans as number]));
  }

  /** Those that there is room for, in their order; they are about to be committed. */
  take(endTimeUs: Float64Array, indexes: Uint32Array): Uint32Array {
    if (this.#maxPerHour === 0) return indexes;
    const taken = new Uint32Array(indexes.length);
    let length = 0;
    let hour = NaN;
    let count = 0;
    for (const index of indexes) {
      const timeUs = endTimeUs[index]!;
      if (!(timeUs >= hour && timeUs < hour + intervalUs['1h'])) {
        if (length > 0) this.#pending.set(hour, count);
        hour = startOf('1h', timeUs);
        count = this.#pending.get(hour) ?? this.#stored.get(hour) ?? 0;
      }
      if (count >= this.#maxPerHour) continue;
      count += 1;
      taken[length] = index;
      length += 1;
    }
    if (length > 0) this.#pending.set(hour, count);
    return taken.subarray(0, length);
  }

  /** Notes that those of an hour are about to be gone. µs */
  drop(hourUs: number): void {
    this.#pending.set(hourUs, 0);
  }

  committed(): void {
    for (const [hour, count] of this.#pending) {
      if (count === 0) this.#stored.delete(hour);
      else this.#stored.set(hour, count);
    }
    this.#pending.clear();
  }

  rolledBack(): void {
    this.#pending.clear();
  }
}
