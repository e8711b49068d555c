import type { Connection } from '../duckdb/connection.js';
import { historyRowsSql } from './history-rows-sql.js';

/** Order of rows that come into history together: see metric-history.ts. */
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
    `SELECT count(*) AS count, epoch_us(min(timestamp)) AS "oldestUs",
       epoch_us(max(timestamp)) AS "newestUs" FROM ${rows}`,
  );
  const { count, ...times } = range as unknown as TimeRange & { readonly count: number };
  if (count > 0) await placeSummariesBetween(connection, rows, times, { sealedUntilUs });
  return count;
}

/** From when to when there are rows. µs, inclusive; it may be wider than the rows are. */
export interface TimeRange {
  readonly oldestUs: number;
  readonly newestUs: number;
}

interface Placing {
  readonly sealedUntilUs: number;
  /** Whether the rows lie in about the order of history and need not be sorted. */
  readonly isInHistoryOrder?: boolean;
}

/** Does what {@link placeSummaries} does with rows whose times are known. */
export async function placeSummariesBetween(
  connection: Connection,
  rows: string,
  { oldestUs, newestUs }: TimeRange,
  { sealedUntilUs, isInHistoryOrder = false }: Placing,
): Promise<void> {
  const oldest = new Date(oldestUs / 1000);
  const newest = new Date(newestUs / 1000);
  const order = isInHistoryOrder ? '' : `ORDER BY ${historyOrder}`;
  if (newestUs < sealedUntilUs) {
    await placeInHistory(connection, rows, [oldest, new Date(newest.getTime() + 1)], order);
  } else if (oldestUs >= sealedUntilUs) {
    await placeInHotTier(connection, rows, oldest, newest);
  } else {
    const boundary = new Date(sealedUntilUs / 1000);
    await placeInHistory(connection, rows, [oldest, boundary], order);
    await placeInHotTier(connection, rows, boundary, newest);
  }
}

/** ON CONFLICT looks every row up in the key; where no key is taken, inserting alone is twice as fast. */
async function placeInHotTier(
  connection: Connection,
  rows: string,
  oldest: Date,
  newest: Date,
): Promise<void> {
  const [taken] = await connection.query(
    `SELECT 1 AS one FROM metric_summaries t JOIN ${rows} s ON ${sameKey}
     WHERE t.timestamp BETWEEN ? AND ? LIMIT 1`,
    [oldest, newest],
  );
  await connection.run(
    `${intoHotTier.head} SELECT ${columns} FROM ${rows} WHERE timestamp >= ?
     ${taken ? intoHotTier.tail : ''}`,
    [oldest],
  );
}

/** A late row replaces its older self in either tier: the day may not be moved over in full yet. */
async function placeInHistory(
  connection: Connection,
  rows: string,
  [oldest, end]: readonly [Date, Date],
  order: string,
): Promise<void> {
  for (const tier of ['metric_history', 'metric_summaries']) {
    const where = 't.timestamp >= ? AND t.timestamp < ?';
    const older = await connection.query(`SELECT 1 AS one FROM ${tier} t WHERE ${where} LIMIT 1`, [
      oldest,
      end,
    ]);
    if (older.length === 0) continue;
    await connection.run(`DELETE FROM ${tier} t USING ${rows} s WHERE ${sameKey} AND ${where}`, [
      oldest,
      end,
    ]);
  }
  await connection.run(
    `INSERT INTO metric_history ${historyRowsSql(rows)} WHERE timestamp < ? ${order}`,
    [end],
  );
}
