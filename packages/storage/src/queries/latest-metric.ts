import { summaryIntervals, type SummaryInterval } from '../schema/tables/metric-summaries.js';
import type { MetricSummary } from '../schema/tables/metric-summaries.js';
import { optional, requireOneOf } from '../writes/check-input.js';
import { toMetricSummary } from './metric-summaries.js';
import { requireMetric } from './metric-statistic.js';
import type { ReaderPool, ReadOptions } from './reader-pool.js';

export interface LatestMetricOptions extends ReadOptions {
  readonly service: string;
  readonly metric: string;
  /** Default: the shortest there is for the newest time. */
  readonly interval?: SummaryInterval | undefined;
}

/** The newest summary of one metric; undefined when there is none. */
export async function latestMetric(
  readers: ReaderPool,
  options: LatestMetricOptions,
): Promise<MetricSummary | undefined> {
  const [service, metric] = requireMetric(options.service, options.metric);
  const interval = optional(options.interval, (value) =>
    requireOneOf('interval', value, summaryIntervals),
  );
  const [row] = await readers.query(
    `SELECT * FROM all_metric_summaries
     WHERE service_id = $1 AND metric_name = $2 AND ($3 IS NULL OR interval = $3)
     ORDER BY timestamp DESC, list_position(['5m', '15m', '1h', '1d'], interval) LIMIT 1`,
    [service, metric, interval ?? null],
    options,
  );
  return row && toMetricSummary(row);
}
