import type { Connection } from '../duckdb/connection.js';
import { isInPart } from '../points/metric-parts.js';
import type { Store } from '../store.js';
import { placeSummaries } from './place-summaries.js';
import type { TierBoundary } from './tier-boundary.js';

/** How many rows one transaction writes, about: others wait for it some 0.1 s. */
const rowsPerWrite = 10_000;

/** Summaries that were computed, and what becomes true with them. */
export interface Computed {
  /** The connection that computed them. */
  readonly connection: Connection;
  /** A table of `_computed` with the columns of `metric_summaries`, each key once. */
  readonly table: string;
  readonly boundary: TierBoundary;
  /** Whether they still hold, asked in each transaction. */
  readonly isValid?: () => boolean;
  /** Runs in the last transaction. */
  readonly finish: (writer: Connection) => Promise<void>;
}

/**
 * Puts computed summaries where they belong, a part of the metrics at a time.
 *
 * @returns rows written
 */
export async function placeComputed(
  store: Store,
  { connection, table, boundary, isValid = () => true, finish }: Computed,
): Promise<number> {
  const [size] = await connection.query(`SELECT count(*) AS rows FROM ${table}`);
  const count = Math.max(1, Math.ceil((size!['rows'] as number) / rowsPerWrite));
  let written = 0;
  for (let part = 0; part < count; part += 1) {
    const rows = count === 1 ? table : `(FROM ${table} WHERE ${isInPart(part, count)})`;
    written += await store.write(
      async (writer) => {
        if (!isValid()) return 0;
        if (part === count - 1) await finish(writer);
        return placeSummaries(writer, rows, boundary.sealedUntilUs);
      },
      { alone: true },
    );
  }
  return written;
}
