import type { Row } from '../duckdb/connection.js';
import type { Baseline, BaselineWindow } from '../schema/tables/baselines.js';
import { present, whereOf } from './conditions.js';
import type { ReaderPool } from './reader-pool.js';

export interface ListBaselinesFilter {
  readonly serviceId?: string | undefined;
  readonly metricName?: string | undefined;
  readonly timeWindow?: BaselineWindow | undefined;
}

export async function readBaselines(
  readers: ReaderPool,
  filter: ListBaselinesFilter,
): Promise<Baseline[]> {
  const { sql, parameters } = whereOf([
    ['service_id = ?', filter.serviceId],
    ['metric_name = ?', filter.metricName],
    ['time_window = ?', filter.timeWindow],
  ]);
  const rows = await readers.query(
    `SELECT * FROM baselines ${sql} ORDER BY service_id, metric_name, time_window`,
    parameters,
  );
  return rows.map(toBaseline);
}

function toBaseline(row: Row): Baseline {
  return present({
    serviceId: row['service_id'],
    metricName: row['metric_name'],
    timeWindow: row['time_window'],
    mean: row['mean'],
    stddev: row['stddev'],
    p50: row['p50'],
    p95: row['p95'],
    p99: row['p99'],
    sampleCount: row['sample_count'],
    lastUpdated: row['last_updated'],
  }) as Baseline;
}
