import type { SummaryColumns } from '../writes/summary-columns.js';
import { boundaryAtUs, type TierBoundary } from './tier-boundary.js';

/** Fewer old rows than this go into the hot tier and are sealed with it. */
const bulkRows = 1_000;

/**
 * Where the boundary is to be before rows are written: many rows from before the hot window, as when
 * history is taken over from elsewhere, go straight into history instead of through the indexes.
 */
export function boundaryForBulk(
  columns: SummaryColumns,
  boundary: TierBoundary,
  nowMs: number,
  hotWindowMs: number,
): number {
  const targetUs = boundaryAtUs(nowMs, hotWindowMs);
  const isBulk = columns.length >= bulkRows && columns.oldestUs < targetUs;
  return isBulk ? Math.max(boundary.sealedUntilUs, targetUs) : boundary.sealedUntilUs;
}
