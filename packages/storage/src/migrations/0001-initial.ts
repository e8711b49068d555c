import { createIndexSql, indexDefinitions } from '../schema/indexes.js';
import { baselinesDdl } from '../schema/tables/baselines.js';
import { eventsDdl, eventsSequenceDdl } from '../schema/tables/events.js';
import { insightsDdl, insightsSequenceDdl } from '../schema/tables/insights.js';
import { metricSummariesDdl } from '../schema/tables/metric-summaries.js';
import { schemaVersionDdl } from '../schema/tables/schema-version.js';
import { serviceConnectionsDdl } from '../schema/tables/service-connections.js';
import { servicesDdl } from '../schema/tables/services.js';
import type { Migration } from './migration.js';

/** The six tables and 16 indexes of RFD 010, and where the version is kept. */
export const initial: Migration = {
  version: 1,
  name: 'initial',
  statements: [
    schemaVersionDdl,
    servicesDdl,
    metricSummariesDdl,
    eventsDdl,
    eventsSequenceDdl,
    insightsDdl,
    insightsSequenceDdl,
    serviceConnectionsDdl,
    baselinesDdl,
    ...indexDefinitions.map(createIndexSql),
  ],
};
