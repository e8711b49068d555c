import type { PointColumns } from '../points/point-columns.js';

/** What the points of one resource say of the process that sent them. Times in µs; 0: nothing. */
export interface ProcessStart {
  /** When the process says that it started. */
  readonly saidUs: number;
  /** The earliest start among its counters: all of them count since then, or later. */
  readonly countersUs: number;
  /** Newest time of its points. */
  readonly newestUs: number;
  /** Keys of the counters, to tell those that were there before. */
  readonly counters: readonly string[];
}

/** Metrics whose value is the start of their process, in seconds since the epoch. */
const startMetrics: ReadonlySet<string> = new Set([
  'process_start_time_seconds',
  'process.start_time',
]);
/** So many counters are enough to look whether one of them is known. */
const mostCounters = 16;

/** Reads start times out of points, by the resource of their series. One pass; no object per point. */
export function processStarts(points: PointColumns): Map<string, ProcessStart> {
  const { series, seriesIndex, timeUs, startTimeUs, value, length } = points;
  const starts = new Float64Array(series.length).fill(Infinity);
  const newest = new Float64Array(series.length);
  const last = new Float64Array(series.length);
  for (let i = 0; i < length; i += 1) {
    const at = seriesIndex[i]!;
    const start = startTimeUs[i]!;
    if (start > 0 && start < starts[at]!) starts[at] = start;
    if (timeUs[i]! > newest[at]!) {
      newest[at] = timeUs[i]!;
      last[at] = value[i]!;
    }
  }
  const found = new Map<
    string,
    { -readonly [name in keyof ProcessStart]: ProcessStart[name] } & { counters: string[] }
  >();
  let resource: string | undefined;
  let start = { saidUs: 0, countersUs: 0, newestUs: 0, counters: [] as string[] };
  for (let at = 0; at < series.length; at += 1) {
    const one = series[at]!;
    if (one.resource !== resource) {
      resource = one.resource;
      start = found.get(resource) ?? { saidUs: 0, countersUs: 0, newestUs: 0, counters: [] };
      found.set(resource, start);
    }
    if (newest[at]! > start.newestUs) start.newestUs = newest[at]!;
    if (startMetrics.has(one.metricName)) {
      const saidUs = Math.round(last[at]! * 1e6);
      if (Number.isSafeInteger(saidUs) && saidUs > start.saidUs) start.saidUs = saidUs;
    }
    if (one.temporality === 'cumulative' && starts[at] !== Infinity) {
      if (start.countersUs === 0 || starts[at]! < start.countersUs) start.countersUs = starts[at]!;
      if (start.counters.length < mostCounters) start.counters.push(one.key);
    }
  }
  return found;
}
