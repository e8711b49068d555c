import type {
  Event,
  EventInput,
  Insight,
  MetricSeries,
  MetricSummary,
  QueryMetricOptions,
  Service,
  ServiceConnection,
  TopByOptions,
  TopEntry,
  TaskOptions,
} from '@coral/storage';

/** Rows of a statement, as they arrive. */
export interface QueryRows {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Batches of rows; the values of a row in the order of the columns, safe for JSON. */
  readonly batches: AsyncIterable<readonly (readonly unknown[])[]>;
  /** Whether the row cap cut the answer off; true only after the last batch. */
  readonly truncated: () => boolean;
}

/**
 * What the commands ask of a colony, whichever way they reach it.
 *
 * One implementation asks the running colony over its API, the other opens the file of a stopped
 * one; commands cannot tell them apart, so both give the same output.
 */
export interface ColonyAccess {
  /** By id. */
  listServices(filter: ServiceFilter): Promise<readonly Service[]>;
  /** Newest first. */
  listEvents(filter: EventFilter): Promise<readonly Event[]>;
  /** Most urgent first, newest first among equals. */
  listInsights(filter: InsightFilter): Promise<readonly Insight[]>;
  listConnections(): Promise<readonly ServiceConnection[]>;
  /** The newest `limit` of them, oldest first. */
  listMetricSummaries(filter: MetricSummaryFilter): Promise<readonly MetricSummary[]>;
  queryMetric(options: QueryMetricOptions): Promise<MetricSeries>;
  /** Largest first. */
  topMetrics(options: TopByOptions): Promise<readonly TopEntry[]>;
  /** Resolves to the new event's id after its commit. */
  recordEvent(event: EventInput): Promise<number>;
  query(sql: string, options: QueryOptions): Promise<QueryRows>;
  /** Runs one of the server's tasks. @returns its result, as JSON */
  runTask(
    name: string,
    input: Readonly<Record<string, unknown>>,
    options: TaskOptions,
  ): Promise<unknown>;
}

export interface ServiceFilter {
  readonly status?: Service['status'] | undefined;
  readonly limit: number;
}

export interface EventFilter {
  readonly serviceId?: string | undefined;
  readonly eventType?: string | undefined;
  readonly correlationGroup?: string | undefined;
  readonly from?: Date | undefined;
  readonly limit: number;
}

export interface InsightFilter {
  /** Absent: any. */
  readonly status?: Insight['status'] | undefined;
  readonly priority?: Insight['priority'] | undefined;
  readonly limit: number;
}

export interface MetricSummaryFilter {
  readonly serviceId: string;
  readonly metricName: string;
  readonly interval: MetricSummary['interval'];
  readonly from?: Date | undefined;
  readonly limit: number;
}

export interface QueryOptions {
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly signal?: AbortSignal | undefined;
}
