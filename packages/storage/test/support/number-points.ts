import type { PointColumns, SeriesDescriptor } from '../../src/index.js';

export interface NumberPoint {
  readonly timeMs: number;
  readonly value: number;
  readonly startMs?: number;
}

/** Columns of points of one gauge or sum. */
export function numberPoints(
  series: Pick<SeriesDescriptor, 'serviceId' | 'metricName' | 'kind'> & Partial<SeriesDescriptor>,
  points: readonly NumberPoint[],
): PointColumns {
  const column = (value: (point: NumberPoint) => number) => Float64Array.from(points, value);
  const absent = () => column(() => NaN);
  return {
    series: [describe(series)],
    length: points.length,
    seriesIndex: new Uint32Array(points.length),
    timeUs: column(({ timeMs }) => timeMs * 1000),
    startTimeUs: column(({ startMs }) => (startMs ?? 0) * 1000),
    value: column(({ value }) => value),
    count: absent(),
    min: absent(),
    max: absent(),
    scale: new Int8Array(points.length),
    bucketLength: 0,
    bucketPoint: new Uint32Array(),
    bucketSign: new Int8Array(),
    bucketIndex: new Int32Array(),
    bucketCount: new Float64Array(),
  };
}

/** A whole descriptor from the parts that matter to a test. */
export function describe(
  series: Pick<SeriesDescriptor, 'serviceId' | 'metricName' | 'kind'> & Partial<SeriesDescriptor>,
): SeriesDescriptor {
  const whole = {
    unit: '',
    temporality: series.kind === 'gauge' ? 'unspecified' : 'cumulative',
    monotonic: series.kind === 'sum',
    attributes: '{}',
    resource: '{}',
    scope: '',
    bounds: [],
    ...series,
  } as const;
  return { key: JSON.stringify(whole), ...whole };
}
