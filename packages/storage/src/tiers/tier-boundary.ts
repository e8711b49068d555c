import type { Connection } from '../duckdb/connection.js';

/** Length of a UTC day. µs */
export const dayUs = 86_400_000_000;

/**
 * What is sealed at once: a quarter of a UTC day. µs
 *
 * Until then it waits in the hot tier, at seven times the room: a whole day would double that. Shorter
 * parts would mix metrics within what DuckDB compresses together.
 */
export const partUs = dayUs / 4;

/**
 * The time before which summaries belong into `metric_history`. Always the start of a quarter
 * of a UTC day.
 *
 * Writers ask it where a row goes; it moves first, and rows that still lie in the hot tier follow in
 * small steps. So a row's place is decided by its time alone, and no key can stand in both tiers.
 */
export class TierBoundary {
  #sealedUntilUs = -Infinity;
  /** By their length, until when history was found to lie in clusters since the start; see cluster-history.ts. µs */
  readonly clusteredUntilUs = new Map<number, number>();

  async load(connection: Connection): Promise<void> {
    const [row] = await connection.query('SELECT epoch_us(sealed_until) AS us FROM metric_tiers');
    if (row) this.#sealedUntilUs = row['us'] as number;
  }

  /** µs since the epoch; -Infinity while nothing was ever sealed. */
  get sealedUntilUs(): number {
    return this.#sealedUntilUs;
  }

  /**
   * Writes another boundary into the open transaction. It must be alone in it; call
   * {@link moved} after the commit.
   */
  async write(connection: Connection, us: number): Promise<void> {
    await connection.execute('DELETE FROM metric_tiers');
    await connection.run('INSERT INTO metric_tiers VALUES (?)', [new Date(us / 1000)]);
  }

  /** The boundary that was written stands in the file. */
  moved(us: number): void {
    this.#sealedUntilUs = us;
  }
}

/** Where the boundary belongs: whole parts that ended before the hot window. µs */
export function boundaryAtUs(nowMs: number, hotWindowMs: number): number {
  return Math.floor(((nowMs - hotWindowMs) * 1000) / partUs) * partUs;
}
