import type { ReaderPool } from './reader-pool.js';

/** What the series of one metric are that no instrumentation scope sent, as Prometheus' are. */
export interface MetricType {
  readonly metricName: string;
  /** Of several the one that came last. */
  readonly type: 'gauge' | 'counter';
}

export async function readMetricTypes(readers: ReaderPool): Promise<MetricType[]> {
  const rows = await readers.query(
    `SELECT metric_name,
       arg_max(CASE kind WHEN 'sum' THEN 'counter' ELSE 'gauge' END, first_seen) AS type
     FROM series
     WHERE scope = '' AND (kind = 'gauge' OR kind = 'sum' AND temporality = 'cumulative' AND monotonic)
     GROUP BY metric_name
     ORDER BY metric_name`,
  );
  return rows.map((row) => ({ metricName: row['metric_name'], type: row['type'] }) as MetricType);
}
