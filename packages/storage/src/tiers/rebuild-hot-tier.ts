import { rebuildSparseTable } from '../maintenance/rebuild-sparse-table.js';
import { metricSummariesDdl } from '../schema/tables/metric-summaries.js';
import type { Store } from '../store.js';

/** Gives back what rows leave behind that were moved into history. @returns whether it was rebuilt */
export function rebuildHotTier(store: Store): Promise<boolean> {
  return rebuildSparseTable(store, {
    name: 'metric_summaries',
    ddl: metricSummariesDdl,
    order: 'timestamp, service_id, metric_name, interval',
    mostLiveRows: Infinity,
  });
}
