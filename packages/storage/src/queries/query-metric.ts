import type { Row } from '../duckdb/connection.js';
import { intervalUs, startOf } from '../rollups/intervals.js';
import { summaryIntervals, type SummaryInterval } from '../schema/tables/metric-summaries.js';
import { coveringRowsSql } from './covering-rows-sql.js';
import {
  isPercentile,
  requireMetric,
  requireRange,
  requireStatistic,
  requireStepUs,
  type MetricRange,
  type MetricStatistic,
} from './metric-statistic.js';
import { isRateOfSum } from './rate-kind.js';
import type { ReaderPool, ReadOptions } from './reader-pool.js';
import { valueOf, type Totals } from './totals.js';

export interface QueryMetricOptions extends MetricRange, ReadOptions {
  /**
   * An interval, or ms: a multiple of 5 minutes. Default: the shortest interval that gives about 500
   * points at most.
   */
  readonly step?: SummaryInterval | number | undefined;
  /** `rate` is per second: of what a counter rose by, of the number of values for all else. */
  readonly statistic: MetricStatistic;
}

/** One point of a series. */
export interface MetricPoint {
  /** Start of the step, UTC. */
  readonly timestamp: Date;
  readonly value: number;
  /**
   * Which summaries it comes from. Shorter ones than the step were combined; a longer one stands for
   * its whole window, or for what of it no shorter one holds.
   */
  readonly interval: SummaryInterval;
}

/** One series, stitched from the summaries of all intervals and tiers. */
export interface MetricSeries {
  readonly service: string;
  readonly metric: string;
  readonly statistic: MetricStatistic;
  /** Between two points. ms */
  readonly stepMs: number;
  /** The asked range, widened to whole steps. */
  readonly from: Date;
  readonly to: Date;
  /** Oldest first; a step without data has none. */
  readonly points: readonly MetricPoint[];
}

interface Question {
  readonly readers: ReaderPool;
  readonly options: QueryMetricOptions;
  readonly name: [string, string];
  readonly fromUs: number;
  readonly toUs: number;
  readonly stepUs: number;
  readonly nowUs: number;
  readonly isRateOfSum: boolean;
  /** By the start of their step. */
  readonly points: Map<number, MetricPoint>;
  /** Starts of the summaries that are longer than a step, by interval. µs */
  readonly longer: Map<SummaryInterval, Set<number>>;
}

/**
 * Reads one statistic of one metric over a range.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the field, `STORAGE_TIMEOUT`
 */
export async function queryMetric(
  readers: ReaderPool,
  now: Date,
  options: QueryMetricOptions,
): Promise<MetricSeries> {
  const name = requireMetric(options.service, options.metric);
  const statistic = requireStatistic(options.statistic);
  const range = requireRange(options.from, options.to);
  const stepUs = requireStepUs(options.step, range);
  const question: Question = {
    readers,
    options,
    name,
    fromUs: Math.floor(range.fromUs / stepUs) * stepUs,
    toUs: Math.ceil(range.toUs / stepUs) * stepUs,
    stepUs,
    nowUs: now.getTime() * 1000,
    isRateOfSum: statistic === 'rate' && (await isRateOfSum(readers, name, options)),
    points: new Map(),
    longer: new Map(),
  };
  await takeStored(question);
  if (!isPercentile(statistic)) await takeShorter(question);
  for (const interval of question.longer.keys()) await takeLonger(question, interval);
  return {
    service: name[0],
    metric: name[1],
    statistic,
    stepMs: stepUs / 1000,
    from: new Date(question.fromUs / 1000),
    to: new Date(question.toUs / 1000),
    points: [...question.points.values()].sort(
      (a, b) => a.timestamp.getTime() - b.timestamp.getTime(),
    ),
  };
}

/** Summaries of exactly the step; and notes where longer ones lie, in the same look. */
async function takeStored(question: Question): Promise<void> {
  const { fromUs, toUs, stepUs } = question;
  const intervals = summaryIntervals.filter((name) => intervalUs[name] >= stepUs);
  if (intervals.length === 0) return;
  const rows = await read(
    question,
    `SELECT interval, epoch_us(timestamp) AS us, p50, p95, p99, mean, max, count, mean * count AS sum
     FROM all_metric_summaries
     WHERE ${whereMetric} AND interval IN (${intervals.map((name) => `'${name}'`).join(', ')})
       AND timestamp >= make_timestamp($3) AND timestamp < make_timestamp($4)
       AND epoch_us(timestamp) >= CASE interval
         ${intervals.map((name) => `WHEN '${name}' THEN ${startOf(name, fromUs)}`).join(' ')} END`,
    [startOf(intervals.at(-1)!, fromUs), toUs],
  );
  for (const name of intervals) if (intervalUs[name] > stepUs) question.longer.set(name, new Set());
  for (const row of rows) {
    const us = row['us'] as number;
    const interval = row['interval'] as SummaryInterval;
    const longer = question.longer.get(interval);
    if (longer) longer.add(us);
    else put(question, us, interval, totalsOf(row));
  }
}

/** Steps that have no summary of their own, from shorter ones. */
async function takeShorter(question: Question): Promise<void> {
  const { stepUs } = question;
  const shorter = summaryIntervals.filter(
    (name) => intervalUs[name] < stepUs && stepUs % intervalUs[name] === 0,
  );
  const missing = missingSteps(question);
  if (shorter.length === 0 || missing.length === 0) return;
  const rows = await read(
    question,
    `WITH ${coveringRowsSql(shorter, { where: whereMetric, rangeUs: ['$3', '$4'] })}
     SELECT us // $5 * $5 AS us, ${totalsSql}, arg_min(interval, length_us) AS interval
     FROM covering GROUP BY ALL`,
    [missing[0]!, missing.at(-1)! + stepUs, stepUs],
  );
  for (const row of rows) {
    const us = row['us'] as number;
    if (question.points.has(us)) continue;
    put(question, us, row['interval'] as SummaryInterval, totalsOf(row));
  }
}

/**
 * What a longer window holds beyond the shorter ones in it, at the first step of it that has no
 * point: that is what is left where the shorter summaries were dropped. A window whose shorter
 * summaries are all there has nothing beyond them, however sparse they are.
 */
async function takeLonger(question: Question, interval: SummaryInterval): Promise<void> {
  const { fromUs, toUs, stepUs, options } = question;
  const missing = missingSteps(question);
  const stored = question.longer.get(interval)!;
  if (!missing.some((us) => stored.has(startOf(interval, us)))) return;
  const lengthUs = intervalUs[interval];
  const shorter = summaryIntervals.filter(
    (name) =>
      intervalUs[name] < lengthUs &&
      (!isPercentile(options.statistic) || intervalUs[name] >= stepUs),
  );
  const rows = await read(
    question,
    `WITH longer AS (
       SELECT *, epoch_us(timestamp) AS us FROM all_metric_summaries
       WHERE ${whereMetric} AND interval = '${interval}'
         AND timestamp >= make_timestamp($3) AND timestamp < make_timestamp($4)
     ), ${shorter.length === 0 ? noneCovering : coveringRowsSql(shorter, { where: whereMetric, rangeUs: ['$3', '$4'] })},
     inside AS (
       SELECT us // ${lengthUs} * ${lengthUs} AS us, sum(count) AS count, sum(mean * count) AS sum,
         sum(length_us) AS length_us
       FROM covering GROUP BY ALL
     )
     SELECT l.us, p50, p95, p99, max, l.count - coalesce(i.count, 0) AS count,
       l.mean * l.count - coalesce(i.sum, 0) AS sum,
       CASE WHEN i.us IS NULL THEN l.mean
         ELSE (l.mean * l.count - i.sum) / (l.count - i.count) END AS mean,
       ${lengthUs} - coalesce(i.length_us, 0) AS length_us
     FROM longer l LEFT JOIN inside i USING (us)
     WHERE i.us IS NULL OR l.count > i.count
     ORDER BY l.us`,
    [startOf(interval, fromUs), startOf(interval, toUs - 1) + lengthUs],
  );
  for (const row of rows) {
    const us = row['us'] as number;
    const first = missing.find((step) => step >= us && step < us + lengthUs);
    if (first !== undefined) put(question, first, interval, totalsOf(row));
  }
}

const whereMetric = 'service_id = $1 AND metric_name = $2';
const noneCovering =
  'covering AS (SELECT 0 AS us, 0 AS count, 0.0 AS mean, 0 AS length_us WHERE false)';
const totalsSql = `sum(count) AS count, sum(mean * count) AS sum,
  sum(mean * count) / sum(count) FILTER (mean IS NOT NULL) AS mean, max(max) AS max`;

function read(question: Question, sql: string, range: readonly number[]): Promise<Row[]> {
  return question.readers.query(sql, [...question.name, ...range], question.options);
}

function missingSteps({ fromUs, toUs, stepUs, points }: Question): number[] {
  const missing: number[] = [];
  for (let us = fromUs; us < toUs; us += stepUs) if (!points.has(us)) missing.push(us);
  return missing;
}

function totalsOf(row: Row): Totals {
  return row as unknown as Totals;
}

function put(question: Question, us: number, interval: SummaryInterval, totals: Totals): void {
  const { options, stepUs, nowUs, points } = question;
  // The step that is going on has not lasted its whole length yet.
  const lengthUs = totals.length_us ?? Math.min(stepUs, Math.max(nowUs - us, 1_000_000));
  const value = valueOf(totals, options.statistic, {
    seconds: lengthUs / 1_000_000,
    isRateOfSum: question.isRateOfSum,
  });
  if (value !== undefined) points.set(us, { timestamp: new Date(us / 1000), value, interval });
}
