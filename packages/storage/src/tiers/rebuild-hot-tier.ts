import { rebuildSparseTable } from '../maintenance/rebuild-sparse-table.js';
import { metricSummariesDdl } from '../schema/tables/metric-summaries.js';
import type { Store } from '../store.js';

/** Dead rows that are not worth a rebuild. */
const fewDeadRows = 50_000;
/** A rebuild of this many rows holds up other writes for some two seconds: it may happen after each sealing. */
const fewLiveRows = 500_000;

/** Gives back what rows leave behind that were moved into history. @returns whether it was rebuilt */
export function rebuildHotTier(store: Store): Promise<boolean> {
  return rebuildSparseTable(store, {
    name: 'metric_summaries',
    ddl: metricSummariesDdl,
    order: 'timestamp, service_id, metric_name, interval',
    deadRowsWorthIt: (live) => Math.max(fewDeadRows, live > fewLiveRows ? live : live / 4),
  });
}
