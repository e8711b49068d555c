/** Learned baselines. Source: RFD 010, Database Schema. */
export const baselinesDdl = `
CREATE TABLE IF NOT EXISTS baselines (
    service_id TEXT NOT NULL,
    metric_name TEXT NOT NULL,
    time_window TEXT NOT NULL,  -- '1h', '1d', '7d'
    mean DOUBLE,
    stddev DOUBLE,
    p50 DOUBLE,
    p95 DOUBLE,
    p99 DOUBLE,
    sample_count INTEGER,
    last_updated TIMESTAMP NOT NULL,
    PRIMARY KEY (service_id, metric_name, time_window)
)`;

export const baselineWindows = ['1h', '1d', '7d'] as const;
export type BaselineWindow = (typeof baselineWindows)[number];

/** What is normal for a metric of a service. */
export interface Baseline {
  readonly serviceId: string;
  readonly metricName: string;
  readonly timeWindow: BaselineWindow;
  readonly mean?: number;
  readonly stddev?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly sampleCount?: number;
  readonly lastUpdated: Date;
}
