import type { Row } from '../duckdb/connection.js';
import { summaryIntervals, type SummaryInterval } from '../schema/tables/metric-summaries.js';
import {
  optional,
  requireCount,
  requireDate,
  requireName,
  requireOneOf,
} from '../writes/check-input.js';
import { present, requireLimit } from './conditions.js';
import type { ReaderPool, ReadOptions } from './reader-pool.js';

export interface MovingAverageOptions extends ReadOptions {
  readonly metric: string;
  /** Default: all, each for itself. */
  readonly service?: string | undefined;
  readonly interval: SummaryInterval;
  /** Over how many summaries each average goes, the newest included. */
  readonly windows: number;
  /** Inclusive; averages after it take in what came before it. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** Default 1000; of more, the newest are given. */
  readonly limit?: number | undefined;
}

export interface MovingAveragePoint {
  readonly timestamp: Date;
  readonly service: string;
  readonly metric: string;
  /** Of this window alone. */
  readonly mean?: number;
  /** Of this window and those before it; fewer at the beginning. Windows without a mean do not count. */
  readonly movingAverage?: number;
}

/**
 * The mean of each window beside the average of the last so many, newest first.
 *
 * Source: RFD 010, DuckDB Analytics Features, whose query it is, held to one interval. Every window
 * weighs the same, however many values it has.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the field, `STORAGE_TIMEOUT`
 */
export async function movingAverage(
  readers: ReaderPool,
  options: MovingAverageOptions,
): Promise<MovingAveragePoint[]> {
  const rows = await readers.query(
    `SELECT * FROM (
       SELECT timestamp, service_id, metric_name, mean,
         avg(mean) OVER (
           PARTITION BY service_id, metric_name
           ORDER BY timestamp
           ROWS BETWEEN $7 PRECEDING AND CURRENT ROW
         ) AS moving_average
       FROM all_metric_summaries
       WHERE metric_name = $1 AND interval = $2 AND ($3 IS NULL OR service_id = $3)
         AND ($5 IS NULL OR timestamp < $5)
     )
     WHERE $4 IS NULL OR timestamp >= $4
     ORDER BY timestamp DESC, service_id
     LIMIT $6`,
    [
      requireName('metric', options.metric),
      requireOneOf('interval', options.interval, summaryIntervals),
      optional(options.service, (value) => requireName('service', value)) ?? null,
      optional(options.from, (value) => requireDate('from', value)) ?? null,
      optional(options.to, (value) => requireDate('to', value)) ?? null,
      requireLimit(options.limit),
      requireCount('windows', options.windows, 1) - 1,
    ],
    options,
  );
  return rows.map(toPoint);
}

function toPoint(row: Row): MovingAveragePoint {
  return present({
    timestamp: row['timestamp'],
    service: row['service_id'],
    metric: row['metric_name'],
    mean: row['mean'],
    movingAverage: row['moving_average'],
  }) as MovingAveragePoint;
}
