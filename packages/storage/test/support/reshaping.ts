import { migrations } from '../../src/migrations/index.js';
import type { Migration } from '../../src/migrations/migration.js';
import { createIndexSql, indexDefinitions } from '../../src/schema/indexes.js';

const indexesOfEvents = indexDefinitions.filter(({ table }) => table === 'events');

/**
 * This release's migrations and one more that does what DuckDB bears worst when it is cut off:
 * drops indexes, alters their table, fills it, and creates them again, all in one transaction.
 */
export const migrationsAndReshaping: readonly Migration[] = [
  ...migrations,
  {
    version: migrations.length + 1,
    name: 'reshaping',
    statements: [
      ...indexesOfEvents.map(({ name }) => `DROP INDEX ${name}`),
      `ALTER TABLE events ADD COLUMN severity TEXT DEFAULT 'normal'`,
      `UPDATE events SET severity = 'high' WHERE event_type = 'crash'`,
      'CREATE TABLE event_counts AS SELECT service_id, count(*) AS events FROM events GROUP BY ALL',
      ...indexesOfEvents.map(createIndexSql),
    ],
  },
];
