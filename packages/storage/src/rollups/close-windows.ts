import type { Connection } from '../duckdb/connection.js';
import type { DirtyWindows } from '../points/dirty-windows.js';
import { lookbackUs } from '../points/window.js';
import type { ReaderPool } from '../queries/reader-pool.js';
import { foldHourSql, placeFoldedSql, removeFoldedSql } from './close-hour-sql.js';
import type { ClosedTimes } from './closed-times.js';
import type { DirtyRollups } from './dirty-rollups.js';
import { intervalUs, startOf } from './intervals.js';

/** What decides whether a window can be closed, and what knows that it was. */
export interface ClosingParts {
  readonly windows: DirtyWindows;
  readonly rollups: DirtyRollups;
  readonly closed: ClosedTimes;
}

/** Hours of which there are points, unordered. µs. Cost: scans the times of all points. */
export async function readHoursWithPoints(readers: ReaderPool): Promise<number[]> {
  const rows = await readers.query(
    `SELECT DISTINCT epoch_us(time_bucket(INTERVAL 1 HOUR, time)) AS us
     FROM (SELECT time FROM points UNION ALL SELECT time FROM histogram_points)`,
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
 * Adds an hour's sketches to its day's, drops its points, and refuses any that come for it later;
 * in the open transaction.
 *
 * @returns false, and nothing done, when points of that hour still wait to be summarised
 */
export async function closeHour(
  connection: Connection,
  parts: ClosingParts,
  startUs: number,
): Promise<boolean> {
  const endUs = startUs + intervalUs['1h'];
  if (isWaiting(parts, startUs, endUs)) return false;
  const [start, end] = [new Date(startUs / 1000), new Date(endUs / 1000)];
  const hourAndDay = [start, end, new Date(startOf('1d', startUs) / 1000)];
  await connection.run(foldHourSql, hourAndDay);
  await connection.run(removeFoldedSql, hourAndDay);
  await connection.execute(placeFoldedSql);
  for (const table of ['points', 'histogram_points', 'histogram_buckets']) {
    await connection.run(`DELETE FROM ${table} WHERE time >= ? AND time < ?`, [start, end]);
  }
  await parts.closed.close(connection, startUs, endUs);
  return true;
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
