const columns = `
    timestamp TIMESTAMP NOT NULL,
    service_id TEXT NOT NULL,
    metric_name TEXT NOT NULL,
    interval TEXT NOT NULL,  -- '5m', '15m', '1h', '1d'
    p50 DOUBLE,
    p95 DOUBLE,
    p99 DOUBLE,
    mean DOUBLE,
    max DOUBLE,
    count INTEGER`;

export const metricSummariesKey = 'PRIMARY KEY (timestamp, service_id, metric_name, interval)';

/** Aggregated metrics. Source: RFD 010, Database Schema. */
export const metricSummariesDdl = `
CREATE TABLE IF NOT EXISTS metric_summaries (${columns},
    ${metricSummariesKey}
)`;

/** The same table for rows that are there already: they get their key later. */
export const metricSummariesWithoutKeyDdl = `CREATE TABLE metric_summaries (${columns}\n)`;

export const summaryIntervals = ['5m', '15m', '1h', '1d'] as const;
export type SummaryInterval = (typeof summaryIntervals)[number];

/** One metric of one service over one window. An absent number is NULL in the table. */
export interface MetricSummary {
  /** Start of the window, UTC, inclusive. */
  readonly timestamp: Date;
  readonly serviceId: string;
  readonly metricName: string;
  readonly interval: SummaryInterval;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly mean?: number;
  readonly max?: number;
  readonly count?: number;
}
