import { historySummariesSql } from '../tiers/history-summaries-sql.js';
import type { Condition } from './condition.js';

/** Tables whose rows have an age, by the names that policies use. */
export const retainedTables = [
  'metric_summaries',
  'events',
  'insights',
  'service_connections',
  'baselines',
  'services',
] as const;

/** See {@link retainedTables}. */
export type RetainedTable = (typeof retainedTables)[number];

/** What a rule can ask of a row. */
export type ConditionName = 'interval' | 'metric' | 'service' | 'eventType';

/** One table of the file that holds rows of a {@link RetainedTable}. */
export interface PhysicalTable {
  readonly name: string;
  /** Rows that one step takes out, so that it holds up other writes for a tenth of a second or so. */
  readonly stepRows: number;
  /** Its rows as people know them, for the trash; absent: they stand so in the table. */
  readonly readableSql?: (from: string) => string;
}

/** What retention knows of a table. */
export interface RetainedTableInfo {
  /** The column that a row's age is counted from. */
  readonly age: string;
  /** The columns that each condition of a rule is compared with; one of them must fit. */
  readonly conditions: Readonly<Partial<Record<ConditionName, readonly string[]>>>;
  /** Which rows may go at all, however old. */
  readonly mayGo?: (now: Date) => Condition;
  /** Where its rows stand. */
  readonly tables: readonly PhysicalTable[];
}

/** Every deleted row is also taken out of up to five indexes: about 40,000 rows a second. */
const indexedStep = 2_000;

/** Without indexes most of the time goes into the copy for the trash. */
const plainStep = 40_000;

/** What can be deleted by age, and by which conditions. */
export const retainedTableInfos: Readonly<Record<RetainedTable, RetainedTableInfo>> = {
  metric_summaries: {
    age: 'timestamp',
    conditions: { interval: ['interval'], metric: ['metric_name'], service: ['service_id'] },
    tables: [
      { name: 'metric_history', stepRows: plainStep, readableSql: historySummariesSql },
      { name: 'metric_summaries', stepRows: indexedStep },
    ],
  },
  events: {
    age: 'timestamp',
    conditions: { service: ['service_id'], eventType: ['event_type'] },
    tables: [{ name: 'events', stepRows: indexedStep }],
  },
  insights: {
    age: 'created_at',
    conditions: {},
    mayGo: (now) => ({
      sql: `(status <> 'active' OR coalesce(expires_at <= ?, false))`,
      parameters: [now],
    }),
    tables: [{ name: 'insights', stepRows: indexedStep }],
  },
  service_connections: {
    age: 'last_observed',
    conditions: { service: ['from_service', 'to_service'] },
    tables: [{ name: 'service_connections', stepRows: indexedStep }],
  },
  baselines: {
    age: 'last_updated',
    conditions: { metric: ['metric_name'], service: ['service_id'] },
    tables: [{ name: 'baselines', stepRows: indexedStep }],
  },
  services: {
    age: 'last_seen',
    conditions: { service: ['id'] },
    mayGo: () => ({ sql: `status = 'stopped'`, parameters: [] }),
    tables: [{ name: 'services', stepRows: indexedStep }],
  },
};

/** Every table of the file that retention may delete from. */
export const physicalTables: readonly PhysicalTable[] = retainedTables.flatMap(
  (table) => retainedTableInfos[table].tables,
);
