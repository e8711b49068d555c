import type { Connection } from '../duckdb/connection.js';
import type { DirtyWindows } from '../points/dirty-windows.js';
import { lookbackUs } from '../points/window.js';
import type { ReaderPool } from '../queries/reader-pool.js';
import { foldHourSql, placeFoldedSql, removeFoldedSql } from './close-hour-sql.js';
import type { ClosedTimes } from './closed-times.js';
import type { DirtyRollups } from './dirty-rollups.js';
import {
  foldPartsSql,
  kinshipUs,
  placeFoldedPartsSql,
  removeFoldedPartsSql,
} from '../spans/connections-sql.js';
import type { DirtyConnections } from '../spans/dirty-connections.js';
import type { OperationDictionary } from '../spans/operation-dictionary.js';
import type { SpanCount } from '../spans/span-count.js';
import { intervalUs, startOf } from './intervals.js';

/** What decides whether a window can be closed, and what knows that it was. */
export interface ClosingParts {
  readonly windows: DirtyWindows;
  readonly rollups: DirtyRollups;
  readonly closed: ClosedTimes;
  readonly connections: DirtyConnections;
  readonly operations: OperationDictionary;
  readonly spanCount: SpanCount;
}

/** Hours of which there are points or spans, unordered. µs. Cost: scans the times of all of them. */
export async function readHoursWithPoints(readers: ReaderPool): Promise<number[]> {
  const rows = await readers.query(
    `SELECT DISTINCT epoch_us(time_bucket(INTERVAL 1 HOUR, time)) AS us
     FROM (SELECT time FROM points UNION ALL SELECT time FROM histogram_points
       UNION ALL SELECT end_time FROM spans)`,
  );
  return rows.map(({ us }) => us as number);
}

/** Days of which there are sketches, unordered. µs */
export async function readDaysWithSketches(readers: ReaderPool): Promise<number[]> {
  const rows = await readers.query(
    `SELECT DISTINCT epoch_us(time_bucket(INTERVAL 1 DAY, window_start)) AS us
     FROM metric_sketches`,
  );
  return rows.map(({ us }) => us as number);
}

/**
 * Adds an hour's sketches to its day's, drops its points and spans, and refuses any that come for it
 * later; in the open transaction.
 *
 * @returns false, and nothing done, when some of that hour still wait for what is computed from them
 */
export async function closeHour(
  connection: Connection,
  parts: ClosingParts,
  startUs: number,
): Promise<boolean> {
  const endUs = startUs + intervalUs['1h'];
  if (isWaiting(parts, startUs, endUs)) return false;
  // The windows after it still look for parents and children in it.
  if (parts.connections.hasBetween(startUs, endUs + kinshipUs)) return false;
  const [start, end] = [new Date(startUs / 1000), new Date(endUs / 1000)];
  const hourAndDay = [start, end, new Date(startOf('1d', startUs) / 1000)];
  await connection.run(foldHourSql, hourAndDay);
  await connection.run(removeFoldedSql, hourAndDay);
  await connection.execute(placeFoldedSql);
  for (const table of ['points', 'histogram_points', 'histogram_buckets']) {
    await connection.run(`DELETE FROM ${table} WHERE time >= ? AND time < ?`, [start, end]);
  }
  await closeSpans(connection, parts.operations, [start, end]);
  parts.spanCount.drop(startUs);
  await parts.closed.close(connection, startUs, endUs);
  return true;
}

async function closeSpans(
  connection: Connection,
  operations: OperationDictionary,
  hour: readonly Date[],
): Promise<void> {
  await connection.run(foldPartsSql, hour);
  await connection.run(removeFoldedPartsSql, hour);
  await connection.execute(placeFoldedPartsSql);
  await connection.run('DELETE FROM spans WHERE end_time >= ? AND end_time < ?', hour);
  await operations.removeUnused(connection);
}

/**
 * Drops the sketches of a day whose hours are closed, and closes what is left of it; in the open
 * transaction.
 *
 * @returns false, and nothing done, when some of it still waits
 */
export async function closeDay(
  connection: Connection,
  parts: ClosingParts,
  startUs: number,
): Promise<boolean> {
  const endUs = startUs + intervalUs['1d'];
  if (isWaiting(parts, startUs, endUs)) return false;
  const range = [new Date(startUs / 1000), new Date(endUs / 1000)];
  const [open] = await connection.query(
    `SELECT count(*) AS sketches FROM metric_sketches
     WHERE interval = '5m' AND window_start >= ? AND window_start < ?`,
    range,
  );
  if (open!['sketches'] !== 0) return false;
  await connection.run(
    'DELETE FROM metric_sketches WHERE window_start >= ? AND window_start < ?',
    range,
  );
  await parts.closed.close(connection, startUs, endUs);
  return true;
}

function isWaiting({ windows, rollups }: ClosingParts, fromUs: number, toUs: number): boolean {
  return (
    // The windows of the hour after it may still have to look back into it.
    windows.list().some((us) => us >= fromUs && us < toUs + lookbackUs) ||
    rollups.hasBetween(fromUs, toUs) ||
    rollups.hasBetween(startOf('1d', fromUs), startOf('1d', fromUs) + 1)
  );
}
