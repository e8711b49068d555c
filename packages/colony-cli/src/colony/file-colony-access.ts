import type { Database } from '@coral/storage';
import type { ColonyAccess } from './colony-access.js';

/** Asks the file of a stopped colony, opened in this process. */
export function fileColonyAccess(database: Database): ColonyAccess {
  return {
    listServices: (filter) => database.listServices(given(filter)),
    listEvents: (filter) => database.listEvents(given(filter)),
    listInsights: (filter) => database.listInsights(given(filter)),
    listConnections: async () => (await database.getServiceTopology()).connections,
    listMetricSummaries: (filter) => database.listMetricSummaries(given(filter)),
    recordEvent: (event) => database.recordEvent(event),
    async query(sql, options) {
      const { columns, rows, truncated } = await database.queryReadOnly(sql, given(options));
      return { columns, batches: rows, truncated };
    },
  };
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the keys whose value is undefined: absent and undefined differ for an exact option. */
function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}
