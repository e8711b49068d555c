import { summaryIntervals } from '../schema/tables/metric-summaries.js';
import { StorageError } from '../storage-error.js';
import { requireDate, requireName, requireOneOf, requireWhole } from '../writes/check-input.js';
import { intervalUs, startOf } from '../rollups/intervals.js';
import type { SummaryInterval } from '../schema/tables/metric-summaries.js';

/** What a summary, or several together, can be asked for. */
export const metricStatistics = [
  'p50',
  'p95',
  'p99',
  'mean',
  'max',
  'count',
  'sum',
  'rate',
] as const;
export type MetricStatistic = (typeof metricStatistics)[number];

/** Those that cannot be had from the same of several windows. */
export function isPercentile(statistic: MetricStatistic): boolean {
  return statistic === 'p50' || statistic === 'p95' || statistic === 'p99';
}

/** A service's metric and a range of time. */
export interface MetricRange {
  readonly service: string;
  readonly metric: string;
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

/** Most points that a series may have. */
export const maxPoints = 10_000;
/** About how many points a series has when nobody says. */
const aimedPoints = 500;

export function requireStatistic(value: unknown): MetricStatistic {
  return requireOneOf('statistic', value, metricStatistics);
}

/** @throws {StorageError} `STORAGE_INVALID_INPUT` unless `from` is before `to` */
export function requireRange(from: unknown, to: unknown): { fromUs: number; toUs: number } {
  const fromUs = requireDate('from', from).getTime() * 1000;
  const toUs = requireDate('to', to).getTime() * 1000;
  if (fromUs < toUs) return { fromUs, toUs };
  throw new StorageError('STORAGE_INVALID_INPUT', 'from must be before to.', {
    details: { field: 'from' },
  });
}

export function requireMetric(service: unknown, metric: unknown): [string, string] {
  return [requireName('service', service), requireName('metric', metric)];
}

/** A range, widened to whole windows of 5 minutes, so that the one that is going on takes part. */
export function requireWholeWindows(from: unknown, to: unknown): { fromUs: number; toUs: number } {
  const { fromUs, toUs } = requireRange(from, to);
  return {
    fromUs: startOf('5m', fromUs),
    toUs: startOf('5m', toUs - 1) + intervalUs['5m'],
  };
}

/**
 * The step of a series: the one that is wanted, or the shortest interval that gives about 500
 * points at most. µs
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` unless it is an interval or a multiple of 5 minutes
 *   that gives 10,000 points at most
 */
export function requireStepUs(
  step: SummaryInterval | number | undefined,
  range: { readonly fromUs: number; readonly toUs: number },
): number {
  const lengthUs = range.toUs - range.fromUs;
  if (step === undefined) return chosenStepUs(lengthUs);
  const stepUs =
    typeof step === 'number'
      ? requireWhole('step', step, 1) * 1000
      : intervalUs[requireOneOf('step', step, summaryIntervals)];
  if (stepUs % intervalUs['5m'] !== 0) {
    throw new StorageError(
      'STORAGE_INVALID_INPUT',
      `step must be one of ${summaryIntervals.join(', ')}, or a multiple of 300000 ms, not ${step}.`,
      { details: { field: 'step' } },
    );
  }
  if (lengthUs / stepUs <= maxPoints) return stepUs;
  throw new StorageError(
    'STORAGE_INVALID_INPUT',
    `step is too short: the range would have ${Math.ceil(lengthUs / stepUs)} points, and ${maxPoints} are allowed. Take a longer step or a shorter range.`,
    { details: { field: 'step' } },
  );
}

function chosenStepUs(lengthUs: number): number {
  const fitting = summaryIntervals.find((name) => lengthUs / intervalUs[name] <= aimedPoints);
  if (fitting) return intervalUs[fitting];
  return Math.ceil(lengthUs / intervalUs['1d'] / aimedPoints) * intervalUs['1d'];
}
