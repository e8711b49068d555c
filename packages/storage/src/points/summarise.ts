import type { Connection } from '../duckdb/connection.js';
import { placeSummaries } from '../tiers/place-summaries.js';
import type { TierBoundary } from '../tiers/tier-boundary.js';
import type { DirtyWindows } from './dirty-windows.js';
import { summariseWindowSql } from './summary-sql.js';
import { lookbackUs, windowUs } from './window.js';

/**
 * Brings the summaries of one window up to date with its points and takes it off the work list,
 * in the open transaction.
 *
 * @returns summaries written
 */
export async function summariseWindow(
  connection: Connection,
  windows: DirtyWindows,
  boundary: TierBoundary,
  startUs: number,
): Promise<number> {
  const start = new Date(startUs / 1000);
  await connection.run(`CREATE OR REPLACE TEMP TABLE computed_summaries AS ${summariseWindowSql}`, [
    start,
    new Date((startUs + windowUs) / 1000),
    new Date((startUs - lookbackUs) / 1000),
  ]);
  const written = await placeSummaries(connection, 'computed_summaries', boundary.sealedUntilUs);
  await connection.run('DELETE FROM dirty_windows WHERE window_start = ?', [start]);
  windows.clear(startUs);
  return written;
}

/** Drops points that no window can ask for any more. */
export async function dropOldPoints(connection: Connection, before: Date): Promise<void> {
  for (const table of ['points', 'histogram_points', 'histogram_buckets']) {
    await connection.run(`DELETE FROM ${table} WHERE time < ?`, [before]);
  }
}
