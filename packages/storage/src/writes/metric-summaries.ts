import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import { summaryIntervals, type MetricSummary } from '../schema/tables/metric-summaries.js';
import {
  optional,
  requireCount,
  requireDate,
  requireFinite,
  requireName,
  requireOneOf,
} from './check-input.js';

const insertSql = `
INSERT INTO metric_summaries
SELECT make_timestamp(timestamp_us), service_id, metric_name, interval, p50, p95, p99, mean, max, count
FROM ${fromJsonRows({
  timestamp_us: 'BIGINT',
  service_id: 'VARCHAR',
  metric_name: 'VARCHAR',
  interval: 'VARCHAR',
  p50: 'DOUBLE',
  p95: 'DOUBLE',
  p99: 'DOUBLE',
  mean: 'DOUBLE',
  max: 'DOUBLE',
  count: 'INTEGER',
})}
ON CONFLICT (timestamp, service_id, metric_name, interval) DO UPDATE SET
  p50 = excluded.p50, p95 = excluded.p95, p99 = excluded.p99,
  mean = excluded.mean, max = excluded.max, count = excluded.count`;

/**
 * The rows as one JSON parameter. Of several for one key the last is kept, as if they had come
 * one after the other.
 */
export function checkMetricSummaries(summaries: readonly MetricSummary[]): string {
  const rows = new Map<string, object>();
  summaries.forEach((summary, index) => {
    const field = (name: string) => (summaries.length === 1 ? name : `[${index}].${name}`);
    const number = (name: 'p50' | 'p95' | 'p99' | 'mean' | 'max') =>
      optional(summary[name], (value) => requireFinite(field(name), value));
    const row = {
      timestamp_us: requireDate(field('timestamp'), summary.timestamp).getTime() * 1000,
      service_id: requireName(field('serviceId'), summary.serviceId),
      metric_name: requireName(field('metricName'), summary.metricName),
      interval: requireOneOf(field('interval'), summary.interval, summaryIntervals),
      p50: number('p50'),
      p95: number('p95'),
      p99: number('p99'),
      mean: number('mean'),
      max: number('max'),
      count: optional(summary.count, (value) => requireCount(field('count'), value)),
    };
    rows.set([row.timestamp_us, row.service_id, row.metric_name, row.interval].join('\0'), row);
  });
  return JSON.stringify([...rows.values()]);
}

/** Inserts summaries, or replaces those that stand for the same windows. */
export async function writeMetricSummaries(connection: Connection, rows: string): Promise<void> {
  await connection.run(insertSql, [rows]);
}
