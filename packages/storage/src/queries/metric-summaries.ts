import type { Row } from '../duckdb/connection.js';
import type { MetricSummary, SummaryInterval } from '../schema/tables/metric-summaries.js';
import { optional, requireDate } from '../writes/check-input.js';
import { present, requireLimit, whereOf } from './conditions.js';
import type { ReaderPool } from './reader-pool.js';

export interface ListMetricSummariesFilter {
  readonly serviceId?: string | undefined;
  readonly metricName?: string | undefined;
  readonly interval?: SummaryInterval | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** Default 1000; of more, the newest are given. */
  readonly limit?: number | undefined;
}

/** Oldest first. */
export async function readMetricSummaries(
  readers: ReaderPool,
  filter: ListMetricSummariesFilter,
): Promise<MetricSummary[]> {
  const { sql, parameters } = whereOf([
    ['service_id = ?', filter.serviceId],
    ['metric_name = ?', filter.metricName],
    ['interval = ?', filter.interval],
    ['timestamp >= ?', optional(filter.from, (value) => requireDate('from', value))],
    ['timestamp < ?', optional(filter.to, (value) => requireDate('to', value))],
  ]);
  // What the filter says of each row is not read for each: texts are what reading spends its time on.
  const given = {
    ...(filter.serviceId !== undefined && { service_id: filter.serviceId }),
    ...(filter.metricName !== undefined && { metric_name: filter.metricName }),
    ...(filter.interval !== undefined && { interval: filter.interval }),
  };
  const names = ['service_id', 'metric_name', 'interval'].filter((name) => !(name in given));
  const rows = await readers.query(
    `SELECT * FROM (
       SELECT ${['timestamp', ...names].join(', ')}, p50, p95, p99, mean, max, count
       FROM all_metric_summaries ${sql} ORDER BY timestamp DESC LIMIT ?
     ) ORDER BY ${['timestamp', ...names].join(', ')}`,
    [...parameters, requireLimit(filter.limit)],
  );
  return rows.map((row) => toMetricSummary({ ...given, ...row }));
}

/** What is known of one metric of one service at one interval. */
export interface MetricListing {
  readonly serviceId: string;
  readonly metricName: string;
  readonly interval: SummaryInterval;
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** How many summaries there are. */
  readonly summaries: number;
}

export async function readMetrics(
  readers: ReaderPool,
  filter: { readonly serviceId?: string | undefined },
): Promise<MetricListing[]> {
  const { sql, parameters } = whereOf([['service_id = ?', filter.serviceId]]);
  const rows = await readers.query(
    `SELECT service_id, metric_name, interval,
       min(timestamp) AS first_at, max(timestamp) AS last_at, count(*) AS summaries
     FROM all_metric_summaries ${sql}
     GROUP BY service_id, metric_name, interval
     ORDER BY service_id, metric_name, interval`,
    parameters,
  );
  return rows.map(
    (row) =>
      ({
        serviceId: row['service_id'],
        metricName: row['metric_name'],
        interval: row['interval'],
        firstAt: row['first_at'],
        lastAt: row['last_at'],
        summaries: row['summaries'],
      }) as MetricListing,
  );
}

/** A row of `metric_summaries` as its users see it. */
export function toMetricSummary(row: Row): MetricSummary {
  return present({
    timestamp: row['timestamp'],
    serviceId: row['service_id'],
    metricName: row['metric_name'],
    interval: row['interval'],
    p50: row['p50'],
    p95: row['p95'],
    p99: row['p99'],
    mean: row['mean'],
    max: row['max'],
    count: row['count'],
  }) as MetricSummary;
}
