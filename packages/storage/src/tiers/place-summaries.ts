import type { Connection } from '../duckdb/connection.js';

/** Order of rows within a day of history: see metric-history.ts. */
export const historyOrder = 'metric_name, interval, timestamp, service_id';

const columns = 'timestamp, service_id, metric_name, interval, p50, p95, p99, mean, max, count';
const sameKey = `t.timestamp = s.timestamp AND t.service_id = s.service_id
  AND t.metric_name = s.metric_name AND t.interval = s.interval`;
const replace = `ON CONFLICT (timestamp, service_id, metric_name, interval) DO UPDATE SET
  p50 = excluded.p50, p95 = excluded.p95, p99 = excluded.p99,
  mean = excluded.mean, max = excluded.max, count = excluded.count`;

/** Inserts rows into the hot tier, replacing those with the same keys. Ends an `INSERT … SELECT`. */
export const intoHotTier = { head: `INSERT INTO metric_summaries (${columns})`, tail: replace };

/**
 * Puts summaries where they belong, in the open transaction, in place of those with the same keys.
 *
 * @param rows a table or view with the columns of `metric_summaries`, each key once
 * @param sealedUntilUs the boundary between the tiers
 * @returns rows written
 */
export async function placeSummaries(
  connection: Connection,
  rows: string,
  sealedUntilUs: number,
): Promise<number> {
  const [range] = await connection.query(
    `SELECT count(*) AS count, min(timestamp) AS oldest, max(timestamp) AS newest FROM ${rows}`,
  );
  const count = range?.['count'] as number;
  if (count === 0) return 0;
  const [oldest, newest] = [range!['oldest'] as Date, range!['newest'] as Date];
  const boundary = new Date(Number.isFinite(sealedUntilUs) ? sealedUntilUs / 1000 : oldest);
  if (oldest < boundary) await placeInHistory(connection, rows, [oldest, newest, boundary]);
  if (newest >= boundary) await placeInHotTier(connection, rows, [oldest, newest, boundary]);
  return count;
}

type Range = readonly [oldest: Date, newest: Date, boundary: Date];

/** ON CONFLICT looks every row up in the key; where no key is taken, inserting alone is twice as fast. */
async function placeInHotTier(connection: Connection, rows: string, range: Range): Promise<void> {
  const [oldest, newest, boundary] = range;
  const [taken] = await connection.query(
    `SELECT 1 AS one FROM metric_summaries t JOIN ${rows} s ON ${sameKey}
     WHERE t.timestamp BETWEEN ? AND ? LIMIT 1`,
    [oldest, newest],
  );
  await connection.run(
    `${intoHotTier.head} SELECT ${columns} FROM ${rows} WHERE timestamp >= ?
     ${taken ? intoHotTier.tail : ''}`,
    [boundary],
  );
}

/** A late row replaces its older self in either tier: the day may not be moved over in full yet. */
async function placeInHistory(connection: Connection, rows: string, range: Range): Promise<void> {
  const [oldest, , boundary] = range;
  for (const tier of ['metric_history', 'metric_summaries']) {
    await connection.run(
      `DELETE FROM ${tier} t USING ${rows} s
       WHERE ${sameKey} AND t.timestamp >= ? AND t.timestamp < ?`,
      [oldest, boundary],
    );
  }
  await connection.run(
    `INSERT INTO metric_history SELECT ${columns} FROM ${rows}
     WHERE timestamp < ? ORDER BY ${historyOrder}`,
    [boundary],
  );
}
