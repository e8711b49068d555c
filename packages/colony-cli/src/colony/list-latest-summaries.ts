import type { MetricSummary } from '@coral/storage';
import type { ColonyAccess } from './colony-access.js';

const most = 100_000;

/**
 * The newest summary of every metric.
 *
 * One statement for all of them, without anything a user typed in it: `interval` is one of four
 * words, and filters are applied to its rows.
 *
 * Shape: one per service and metric, ordered by both.
 */
export async function listLatestSummaries(
  colony: ColonyAccess,
  interval: MetricSummary['interval'],
): Promise<readonly MetricSummary[]> {
  const { batches } = await colony.query(latestSql(interval), { timeoutMs: 30_000, maxRows: most });
  const summaries: MetricSummary[] = [];
  for await (const rows of batches) summaries.push(...rows.map((row) => toSummary(row, interval)));
  return summaries;
}

function latestSql(interval: MetricSummary['interval']): string {
  return `
    SELECT service_id, metric_name, timestamp, p50, p95, p99, mean, max, count
    FROM all_metric_summaries
    WHERE "interval" = '${interval}'
    QUALIFY row_number() OVER (PARTITION BY service_id, metric_name ORDER BY timestamp DESC) = 1
    ORDER BY service_id, metric_name`;
}

function toSummary(row: readonly unknown[], interval: MetricSummary['interval']): MetricSummary {
  const [serviceId, metricName, timestamp, p50, p95, p99, mean, max, count] = row;
  const numbers = Object.entries({ p50, p95, p99, mean, max, count }).filter(
    ([, value]) => value !== null,
  );
  return {
    serviceId: String(serviceId),
    metricName: String(metricName),
    timestamp: new Date(String(timestamp)),
    interval,
    ...Object.fromEntries(numbers),
  };
}
