import { baselineWindows, type Baseline, type BaselineWindow } from '../schema/tables/baselines.js';
import { summaryIntervals } from '../schema/tables/metric-summaries.js';
import { requireOneOf } from '../writes/check-input.js';
import { readBaselines } from './baselines.js';
import { coveringRowsSql } from './covering-rows-sql.js';
import { latestMetric } from './latest-metric.js';
import { requireMetric, requireWholeWindows } from './metric-statistic.js';
import type { ReaderPool, ReadOptions } from './reader-pool.js';

export interface CompareWithBaselineOptions extends ReadOptions {
  readonly service: string;
  readonly metric: string;
  readonly timeWindow: BaselineWindow;
  /** Both or neither; without them the newest summary is compared. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

export interface BaselineComparison {
  readonly baseline: Baseline;
  /** Mean of the newest summary, or over the range. */
  readonly mean: number;
  /** `mean` less the baseline's. */
  readonly difference?: number;
  /** `mean` by the baseline's; absent when that is 0. */
  readonly ratio?: number;
  /** How many of the baseline's standard deviations apart; absent without one, or when it is 0. */
  readonly zScore?: number;
}

/**
 * How a metric differs from what is normal for it; undefined when there is no baseline, or nothing
 * to compare with it.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the field, `STORAGE_TIMEOUT`
 */
export async function compareWithBaseline(
  readers: ReaderPool,
  options: CompareWithBaselineOptions,
): Promise<BaselineComparison | undefined> {
  const [serviceId, metricName] = requireMetric(options.service, options.metric);
  const timeWindow = requireOneOf('timeWindow', options.timeWindow, baselineWindows);
  const mean = await meanOf(readers, options);
  const [baseline] = await readBaselines(readers, { serviceId, metricName, timeWindow });
  if (!baseline || mean === undefined) return undefined;
  if (baseline.mean === undefined) return { baseline, mean };
  const difference = mean - baseline.mean;
  return {
    baseline,
    mean,
    difference,
    ...(baseline.mean === 0 ? {} : { ratio: mean / baseline.mean }),
    ...(baseline.stddev ? { zScore: difference / baseline.stddev } : {}),
  };
}

async function meanOf(
  readers: ReaderPool,
  options: CompareWithBaselineOptions,
): Promise<number | undefined> {
  const { service, metric, from, to } = options;
  if (from === undefined && to === undefined) return (await latestMetric(readers, options))?.mean;
  const { fromUs, toUs } = requireWholeWindows(from, to);
  const [row] = await readers.query(
    `WITH ${coveringRowsSql(summaryIntervals, {
      where: 'service_id = $1 AND metric_name = $2',
      rangeUs: ['$3', '$4'],
    })}
     SELECT sum(mean * count) / sum(count) FILTER (mean IS NOT NULL) AS mean FROM covering`,
    [service, metric, fromUs, toUs],
    options,
  );
  return row?.['mean'] as number | undefined;
}
