import type { Database } from '@coral/storage';
import type { ColonyAccess } from './colony-access.js';

/** Asks the file of a stopped colony, opened in this process. */
export function fileColonyAccess(database: Database): ColonyAccess {
  return {
    listServices: (filter) => database.listServices(filter),
    listEvents: (filter) => database.listEvents(filter),
    listInsights: (filter) => database.listInsights(filter),
    listConnections: async () => (await database.getServiceTopology()).connections,
    listMetricSummaries: (filter) => database.listMetricSummaries(filter),
    recordEvent: (event) => database.recordEvent(event),
    async query(sql, options) {
      const { columns, rows, truncated } = await database.queryReadOnly(sql, options);
      return { columns, batches: rows, truncated };
    },
  };
}
