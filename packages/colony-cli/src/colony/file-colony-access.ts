import type { Database } from '@coral/storage';
import type { ColonyAccess } from './colony-access.js';

/** Asks the file of a stopped colony, opened in this process. */
export function fileColonyAccess(database: Database, version: string): ColonyAccess {
  return {
    listServices: (filter) => database.listServices(filter),
    listEvents: (filter) => database.listEvents(filter),
    listInsights: (filter) => database.listInsights(filter),
    listConnections: async () => (await database.getServiceTopology()).connections,
    listMetricSummaries: (filter) => database.listMetricSummaries(filter),
    queryMetric: (options) => database.queryMetric(options),
    topMetrics: (options) => database.topBy(options),
    recordEvent: (event) => database.recordEvent(event),
    async query(sql, options) {
      const { columns, rows, truncated } = await database.queryReadOnly(sql, options);
      return { columns, batches: rows, truncated };
    },
    async runTask(name, input, options) {
      const { findTask } = await import('@coral/server');
      return await findTask(name).prepare(input)({ database, logger, version }, options);
    },
  };
}

/** What a task would say in a colony's log: here its result says it. */
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {}
