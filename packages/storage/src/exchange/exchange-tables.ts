import { baselineWindows } from '../schema/tables/baselines.js';
import { insightPriorities, insightStatuses, insightTypes } from '../schema/tables/insights.js';
import { summaryIntervals } from '../schema/tables/metric-summaries.js';
import { serviceStatuses } from '../schema/tables/services.js';

export const exchangeTableNames = [
  'metrics',
  'events',
  'insights',
  'services',
  'connections',
  'baselines',
] as const;
/** What can be exported and imported, by the word that people use for it. */
export type ExchangeTableName = (typeof exchangeTableNames)[number];

export const exchangeFormats = ['csv', 'json', 'parquet'] as const;
/** `json` is one object a line. */
export type ExchangeFormat = (typeof exchangeFormats)[number];

/** What a value must be beyond its type; the same rules that the writers of single rows keep. */
export type ColumnRule =
  | { readonly kind: 'name' | 'text' | 'json-object' | 'json-names' }
  | { readonly kind: 'time'; readonly to: 'microsecond' | 'millisecond' }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'count'; readonly least: number; readonly most?: number }
  | { readonly kind: 'number'; readonly least?: number; readonly most?: number };

export interface ExchangeColumn {
  readonly name: string;
  /** DuckDB's type. */
  readonly type: 'INTEGER' | 'TIMESTAMP' | 'DOUBLE' | 'VARCHAR';
  readonly nullable: boolean;
  readonly rule: ColumnRule;
}

export interface ExchangeTable {
  readonly name: ExchangeTableName;
  /** The table that rows are imported into. */
  readonly table: string;
  /** What rows are exported from. */
  readonly source: string;
  /** What `from` and `to` compare, and whose day partitions. */
  readonly timeColumn: string;
  /** Columns that tell rows apart; a row with the same key is replaced. */
  readonly key: readonly string[];
  /** Where ids come from, for rows that bring none. */
  readonly idSequence?: string;
  readonly columns: readonly ExchangeColumn[];
}

/** Later events and insights need ids above those that were imported. */
export const largestImportedId = 2_000_000_000;

const id = column('id', 'INTEGER', { kind: 'count', least: 1, most: largestImportedId });

export const exchangeTables: Readonly<Record<ExchangeTableName, ExchangeTable>> = {
  metrics: {
    name: 'metrics',
    table: 'metric_summaries',
    source: 'all_metric_summaries',
    timeColumn: 'timestamp',
    key: ['timestamp', 'service_id', 'metric_name', 'interval'],
    columns: [
      column('timestamp', 'TIMESTAMP', { kind: 'time', to: 'millisecond' }),
      name('service_id'),
      name('metric_name'),
      word('interval', summaryIntervals),
      ...numbers('p50', 'p95', 'p99', 'mean', 'max'),
      nullable(count('count')),
    ],
  },
  events: {
    name: 'events',
    table: 'events',
    source: 'events',
    timeColumn: 'timestamp',
    key: ['id'],
    idSequence: 'events_id_sequence',
    columns: [
      id,
      time('timestamp'),
      name('service_id'),
      name('event_type'),
      nullable(column('details', 'VARCHAR', { kind: 'json-object' })),
      nullable(name('correlation_group')),
    ],
  },
  insights: {
    name: 'insights',
    table: 'insights',
    source: 'insights',
    timeColumn: 'created_at',
    key: ['id'],
    idSequence: 'insights_id_sequence',
    columns: [
      id,
      time('created_at'),
      word('insight_type', insightTypes),
      word('priority', insightPriorities),
      name('title'),
      column('summary', 'VARCHAR', { kind: 'text' }),
      nullable(column('details', 'VARCHAR', { kind: 'json-object' })),
      nullable(column('affected_services', 'VARCHAR', { kind: 'json-names' })),
      word('status', insightStatuses),
      nullable(column('confidence', 'DOUBLE', { kind: 'number', least: 0, most: 1 })),
      nullable(time('expires_at')),
    ],
  },
  services: {
    name: 'services',
    table: 'services',
    source: 'services',
    timeColumn: 'last_seen',
    key: ['id'],
    columns: [
      name('id'),
      name('name'),
      name('app_id'),
      nullable(column('version', 'VARCHAR', { kind: 'text' })),
      name('agent_id'),
      nullable(column('labels', 'VARCHAR', { kind: 'json-object' })),
      time('last_seen'),
      word('status', serviceStatuses),
    ],
  },
  connections: {
    name: 'connections',
    table: 'service_connections',
    source: 'service_connections',
    timeColumn: 'last_observed',
    key: ['from_service', 'to_service', 'protocol'],
    columns: [
      name('from_service'),
      name('to_service'),
      name('protocol'),
      time('first_observed'),
      time('last_observed'),
      count('connection_count'),
    ],
  },
  baselines: {
    name: 'baselines',
    table: 'baselines',
    source: 'baselines',
    timeColumn: 'last_updated',
    key: ['service_id', 'metric_name', 'time_window'],
    columns: [
      name('service_id'),
      name('metric_name'),
      word('time_window', baselineWindows),
      ...numbers('mean', 'stddev', 'p50', 'p95', 'p99'),
      nullable(count('sample_count')),
      time('last_updated'),
    ],
  },
};

/** Whether a row may lack the column: it is NULL then, or an id of the sequence's. */
export function mayLack(table: ExchangeTable, { name, nullable }: ExchangeColumn): boolean {
  return nullable || (name === 'id' && table.idSequence !== undefined);
}

function column(name: string, type: ExchangeColumn['type'], rule: ColumnRule): ExchangeColumn {
  return { name, type, nullable: false, rule };
}

function nullable(column: ExchangeColumn): ExchangeColumn {
  return { ...column, nullable: true };
}

function time(columnName: string): ExchangeColumn {
  return column(columnName, 'TIMESTAMP', { kind: 'time', to: 'microsecond' });
}

function name(columnName: string): ExchangeColumn {
  return column(columnName, 'VARCHAR', { kind: 'name' });
}

function word(columnName: string, words: readonly string[]): ExchangeColumn {
  return column(columnName, 'VARCHAR', { kind: 'word', words });
}

function count(columnName: string): ExchangeColumn {
  return column(columnName, 'INTEGER', { kind: 'count', least: 0 });
}

function numbers(...names: readonly string[]): ExchangeColumn[] {
  return names.map((one) => nullable(column(one, 'DOUBLE', { kind: 'number' })));
}
