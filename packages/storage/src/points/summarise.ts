import type { Connection } from '../duckdb/connection.js';
import type { ClosingParts } from '../rollups/close-windows.js';
import { placeSummaries } from '../tiers/place-summaries.js';
import type { TierBoundary } from '../tiers/tier-boundary.js';
import { summariseWindowSql } from './summary-sql.js';
import { lookbackUs, windowUs } from './window.js';

/** What summarising works with. */
export interface SummariseParts extends ClosingParts {
  readonly boundary: TierBoundary;
}

/**
 * Brings the summaries of one window up to date with its points, takes it off the work list, and
 * puts it on the roll-up's; in the open transaction.
 *
 * @returns summaries written
 */
export async function summariseWindow(
  connection: Connection,
  { windows, rollups, closed, boundary }: SummariseParts,
  startUs: number,
): Promise<number> {
  const start = new Date(startUs / 1000);
  await connection.run('DELETE FROM dirty_windows WHERE window_start = ?', [start]);
  windows.clear(startUs);
  if (closed.has(startUs)) return 0;
  await rollups.mark(connection, [{ interval: '5m', us: startUs }]);
  await connection.run(`CREATE OR REPLACE TEMP TABLE computed_summaries AS ${summariseWindowSql}`, [
    start,
    new Date((startUs + windowUs) / 1000),
    new Date((startUs - lookbackUs) / 1000),
  ]);
  return placeSummaries(connection, 'computed_summaries', boundary.sealedUntilUs);
}
