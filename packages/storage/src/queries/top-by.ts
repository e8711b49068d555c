import type { Row } from '../duckdb/connection.js';
import { summaryIntervals, type SummaryInterval } from '../schema/tables/metric-summaries.js';
import { optional, requireCount, requireName, requireOneOf } from '../writes/check-input.js';
import { coveringRowsSql } from './covering-rows-sql.js';
import {
  isPercentile,
  requireStatistic,
  requireWholeWindows,
  type MetricStatistic,
} from './metric-statistic.js';
import { present } from './conditions.js';
import type { ReaderPool, ReadOptions } from './reader-pool.js';

export const topSubjects = ['service', 'metric', 'both'] as const;
/** What is compared: services, metrics, or each metric of each service. */
export type TopSubject = (typeof topSubjects)[number];

export interface TopByOptions extends ReadOptions {
  readonly statistic: MetricStatistic;
  /** Default `both`. Whoever compares services over metrics of several units adds up what does not belong together. */
  readonly by?: TopSubject | undefined;
  /** Only these. */
  readonly service?: string | undefined;
  readonly metric?: string | undefined;
  /** Inclusive; the range is widened to whole windows of 5 minutes. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  /** Default 10, at most 10,000. */
  readonly limit?: number | undefined;
}

export interface TopEntry {
  /** Absent when metrics are compared. */
  readonly service?: string;
  /** Absent when services are compared. */
  readonly metric?: string;
  /** Over the range; of a percentile the largest of any window in it. */
  readonly value: number;
  /** Of a percentile: start of the window that has it. */
  readonly at?: Date;
  /** Of a percentile: length of that window. */
  readonly interval?: SummaryInterval;
}

const columnsOf = {
  service: ['service_id'],
  metric: ['metric_name'],
  both: ['service_id', 'metric_name'],
} as const;

/**
 * Largest first; of equal ones by name. `rate` is per second of the range.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the field, `STORAGE_TIMEOUT`
 */
export async function topBy(readers: ReaderPool, options: TopByOptions): Promise<TopEntry[]> {
  const statistic = requireStatistic(options.statistic);
  const { fromUs, toUs } = requireWholeWindows(options.from, options.to);
  const columns = columnsOf[requireOneOf('by', options.by ?? 'both', topSubjects)];
  const limit = requireCount('limit', options.limit ?? 10, 1);
  const service = optional(options.service, (value) => requireName('service', value));
  const metric = optional(options.metric, (value) => requireName('metric', value));
  const keys = columns.join(', ');
  const rows = await readers.query(
    `WITH ${coveringRowsSql(summaryIntervals, {
      where: '($1 IS NULL OR service_id = $1) AND ($2 IS NULL OR metric_name = $2)',
      rangeUs: ['$3', '$4'],
    })}${counters(statistic)}
     SELECT ${keys}, ${valueSql(statistic)} AS value${isPercentile(statistic) ? whichWindow(statistic) : ''}
     FROM covering ${statistic === 'rate' ? 'LEFT JOIN counters USING (service_id, metric_name)' : ''}
     GROUP BY ${keys}
     HAVING value IS NOT NULL
     ORDER BY value DESC, ${keys}
     LIMIT $5`,
    [service ?? null, metric ?? null, fromUs, toUs, limit],
    options,
  );
  return rows.map(toEntry);
}

function counters(statistic: MetricStatistic): string {
  if (statistic !== 'rate') return '';
  return `, counters AS (
    SELECT DISTINCT service_id, metric_name, true AS is_counter FROM series
    WHERE kind = 'sum' AND monotonic)`;
}

function valueSql(statistic: MetricStatistic): string {
  switch (statistic) {
    case 'count':
      return 'sum(count)';
    case 'sum':
      return 'sum(mean * count)';
    case 'mean':
      return 'sum(mean * count) / sum(count) FILTER (mean IS NOT NULL)';
    case 'rate':
      return 'sum(CASE WHEN is_counter THEN mean * count ELSE count END) / (($4 - $3) / 1000000)';
    default:
      return `max(${statistic})`;
  }
}

/** The newest of those that have it. */
function whichWindow(statistic: MetricStatistic): string {
  const last = (column: string) =>
    `arg_max(${column}, (${statistic}, us, length_us)) FILTER (${statistic} IS NOT NULL)`;
  return `, ${last('timestamp')} AS at, ${last('interval')} AS interval`;
}

function toEntry(row: Row): TopEntry {
  return present({
    service: row['service_id'],
    metric: row['metric_name'],
    value: row['value'],
    at: row['at'],
    interval: row['interval'],
  }) as TopEntry;
}
