import { rebuildSparseTable } from '../maintenance/rebuild-sparse-table.js';
import { metricSummariesWithoutKeyDdl } from '../schema/tables/metric-summaries.js';
import type { Store } from '../store.js';
import { completeHotTier, hasHotTierKey } from './complete-hot-tier.js';

/** Dead rows that are not worth a rebuild. */
const fewDeadRows = 50_000;
/** A rebuild of this many rows holds up other writes for some two seconds: it may happen after each sealing. */
const fewLiveRows = 500_000;

/**
 * Gives back what rows leave behind that were moved into history.
 *
 * The rows alone are written beside the old table; key and indexes, three times their size, take the room that
 * it has given back by then.
 *
 * @returns whether it was rebuilt
 */
export async function rebuildHotTier(store: Store): Promise<boolean> {
  if (!(await hasHotTierKey(store.readers()))) {
    await store.write((connection) => completeHotTier(connection), { bare: true, frees: 'file' });
  }
  return rebuildSparseTable(store, {
    name: 'metric_summaries',
    ddl: metricSummariesWithoutKeyDdl,
    order: 'timestamp, service_id, metric_name, interval',
    deadRowsWorthIt: (live) => Math.max(fewDeadRows, live > fewLiveRows ? live : live / 4),
    complete: completeHotTier,
  });
}
