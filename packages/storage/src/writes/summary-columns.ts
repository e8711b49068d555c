import type { MetricSummary, SummaryInterval } from '../schema/tables/metric-summaries.js';
import { summaryIntervals } from '../schema/tables/metric-summaries.js';
import {
  optional,
  requireCount,
  requireDate,
  requireFinite,
  requireName,
  requireOneOf,
} from './check-input.js';

/** What a summary is of: one entry for all rows that share it. */
export interface SummaryName {
  readonly serviceId: string;
  readonly metricName: string;
  readonly interval: SummaryInterval;
}

/** Checked summaries as columns: strings once, numbers in typed arrays. NaN stands for NULL. */
export interface SummaryColumns {
  readonly length: number;
  readonly names: readonly SummaryName[];
  /** Index into `names`. */
  readonly name: Int32Array;
  /** µs since the epoch. */
  readonly timestampUs: Float64Array;
  /** p50, p95, p99, mean, max, count. */
  readonly numbers: readonly Float64Array[];
  /** Whether a key may stand in it twice: the last one is meant. */
  readonly mayRepeat: boolean;
  readonly oldestUs: number;
  readonly newestUs: number;
}

const numberFields = ['p50', 'p95', 'p99', 'mean', 'max', 'count'] as const;

/**
 * Checks summaries and turns them into columns.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` with the field of the first one that is wrong
 */
export function toSummaryColumns(summaries: readonly MetricSummary[]): SummaryColumns {
  const { length } = summaries;
  const numbers = numberFields.map(() => new Float64Array(length));
  const name = new Int32Array(length);
  const timestampUs = new Float64Array(length);
  const names = new NameTable();
  let mayRepeat = false;
  let oldestUs = Infinity;
  let newestUs = -Infinity;
  for (let index = 0; index < length; index += 1) {
    const summary = summaries[index]!;
    const us = timeOf(summary, index, length);
    const position = names.positionOf(summary) ?? names.add(checkName(summary, index, length));
    if (!names.isLater(position, us)) mayRepeat = true;
    if (us < oldestUs) oldestUs = us;
    if (us > newestUs) newestUs = us;
    timestampUs[index] = us;
    name[index] = position;
    for (let column = 0; column < numberFields.length; column += 1) {
      numbers[column]![index] = numberOf(summary, numberFields[column]!, index, length);
    }
  }
  return { length, names: names.list, name, timestampUs, numbers, mayRepeat, oldestUs, newestUs };
}

/** Names by their parts. Maps within maps: joining the parts of each row would cost more. */
class NameTable {
  readonly list: SummaryName[] = [];
  readonly #newestUs: number[] = [];
  readonly #positions = new Map<string, Map<string, Map<string, number>>>();

  positionOf({ serviceId, metricName, interval }: SummaryName): number | undefined {
    return this.#positions.get(interval)?.get(metricName)?.get(serviceId);
  }

  add(name: SummaryName): number {
    const metrics = getOrAdd(this.#positions, name.interval);
    getOrAdd(metrics, name.metricName).set(name.serviceId, this.list.length);
    this.#newestUs.push(-Infinity);
    return this.list.push(name) - 1;
  }

  /** Whether it comes after all earlier rows of its name, as rows do that are in order. */
  isLater(position: number, us: number): boolean {
    const isLater = us > this.#newestUs[position]!;
    if (isLater) this.#newestUs[position] = us;
    return isLater;
  }
}

function getOrAdd<V>(map: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = map.get(key);
  if (found) return found;
  const added = new Map<string, V>();
  map.set(key, added);
  return added;
}

/** How an error names a field: with the row where there are several. */
function fieldOf(name: string, index: number, length: number): string {
  return length === 1 ? name : `[${index}].${name}`;
}

function checkName(summary: MetricSummary, index: number, length: number): SummaryName {
  const field = (name: string) => fieldOf(name, index, length);
  return {
    serviceId: requireName(field('serviceId'), summary.serviceId),
    metricName: requireName(field('metricName'), summary.metricName),
    interval: requireOneOf(field('interval'), summary.interval, summaryIntervals),
  };
}

function timeOf({ timestamp }: MetricSummary, index: number, length: number): number {
  const ms = timestamp instanceof Date ? timestamp.getTime() : NaN;
  if (ms === ms) return ms * 1000;
  return requireDate(fieldOf('timestamp', index, length), timestamp).getTime() * 1000;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 2_147_483_647;
}

function numberOf(
  summary: MetricSummary,
  name: (typeof numberFields)[number],
  index: number,
  length: number,
): number {
  const value = summary[name];
  if (value === undefined) return NaN;
  if (Number.isFinite(value) && (name !== 'count' || isCount(value))) return value;
  const check = name === 'count' ? requireCount : requireFinite;
  return optional(value, (given) => check(fieldOf(name, index, length), given))!;
}
