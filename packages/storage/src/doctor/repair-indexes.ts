import { createIndexSql } from '../schema/indexes.js';
import type { Store } from '../store.js';
import { wrongIndexes } from './check-indexes.js';

/** What {@link repairIndexes} did. */
export interface IndexRepair {
  /** Names of the indexes that were made anew; [] when all were right. */
  readonly repaired: readonly string[];
}

/**
 * Makes the indexes anew that are missing or find other rows than a scan.
 *
 * Each in a transaction of its own, and a CHECKPOINT behind them: DuckDB may not replay the log of a
 * dropped and recreated index. Writes wait meanwhile, about 1 s per million rows.
 */
export async function repairIndexes(store: Store): Promise<IndexRepair> {
  const wrong = await wrongIndexes(store.readers());
  if (wrong.length === 0) return { repaired: [] };
  await store.write(
    async (connection) => {
      for (const index of wrong) {
        await connection.execute(`DROP INDEX IF EXISTS ${index.name}`);
        await connection.execute(createIndexSql(index));
      }
      await connection.execute('CHECKPOINT');
    },
    { bare: true },
  );
  return { repaired: wrong.map(({ name }) => name) };
}
