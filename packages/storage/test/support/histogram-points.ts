import type { PointColumns, SeriesDescriptor } from '../../src/index.js';
import { describe } from './number-points.js';

export interface HistogramPoint {
  readonly timeMs: number;
  readonly startMs?: number;
  readonly count: number;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly scale?: number;
  /** [sign, index, count] */
  readonly buckets: readonly (readonly [number, number, number])[];
}

/** Columns of points of one histogram. */
export function histogramPoints(
  series: Pick<SeriesDescriptor, 'serviceId' | 'metricName' | 'kind'> & Partial<SeriesDescriptor>,
  points: readonly HistogramPoint[],
): PointColumns {
  const column = (value: (point: HistogramPoint) => number | undefined) =>
    Float64Array.from(points, (point) => value(point) ?? NaN);
  const buckets = points.flatMap((point, index) =>
    point.buckets.map(([sign, bucket, count]) => ({ index, sign, bucket, count })),
  );
  return {
    series: [describe(series)],
    length: points.length,
    seriesIndex: new Uint32Array(points.length),
    timeUs: column(({ timeMs }) => timeMs * 1000),
    startTimeUs: column(({ startMs }) => (startMs ?? 0) * 1000),
    value: column(({ sum }) => sum),
    count: column(({ count }) => count),
    min: column(({ min }) => min),
    max: column(({ max }) => max),
    scale: Int8Array.from(points, ({ scale }) => scale ?? 0),
    bucketLength: buckets.length,
    bucketPoint: Uint32Array.from(buckets, ({ index }) => index),
    bucketSign: Int8Array.from(buckets, ({ sign }) => sign),
    bucketIndex: Int32Array.from(buckets, ({ bucket }) => bucket),
    bucketCount: Float64Array.from(buckets, ({ count }) => count),
  };
}
