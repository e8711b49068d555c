/**
 * What a series measures. A `histogram_bucket` is one bucket of a classic Prometheus histogram: its
 * points are numbers, how many measurements so far were at most its only bound, or how many there
 * were when it has none.
 */
export type MetricKind =
  'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'histogram_bucket';
export type Temporality = 'unspecified' | 'delta' | 'cumulative';

/** What one time series is. Source: OpenTelemetry's metrics data model. */
export interface SeriesDescriptor {
  /** Canonical identity: equal for the same series in every batch and process. */
  readonly key: string;
  readonly serviceId: string;
  readonly metricName: string;
  readonly kind: MetricKind;
  /** UCUM; '' when unspecified. */
  readonly unit: string;
  /** 'unspecified' for gauges. */
  readonly temporality: Temporality;
  readonly monotonic: boolean;
  /** JSON object of the data point's attributes, keys sorted. */
  readonly attributes: string;
  /** JSON object of the resource's attributes, keys sorted. */
  readonly resource: string;
  /** Name of the instrumentation scope; '' when absent. */
  readonly scope: string;
  /** Upper bounds of an explicit histogram, ascending, or that of a bucket; [] otherwise. */
  readonly bounds: readonly number[];
}

/**
 * A batch of points, one array per column: what a decoder hands to the store.
 *
 * Shape: every point column has `length` entries, every bucket column `bucketLength`.
 * Units: times in whole microseconds since the epoch, UTC; 0 as start time means unknown.
 */
export interface PointColumns {
  readonly series: readonly SeriesDescriptor[];
  readonly length: number;
  /** Index into `series`. */
  readonly seriesIndex: Uint32Array;
  readonly timeUs: Float64Array;
  readonly startTimeUs: Float64Array;
  /** Value of a gauge or sum; a histogram's sum, NaN when absent. */
  readonly value: Float64Array;
  /** A histogram's count; NaN for gauges and sums. */
  readonly count: Float64Array;
  /** NaN when absent. */
  readonly min: Float64Array;
  /** NaN when absent. */
  readonly max: Float64Array;
  /** Scale of an exponential histogram; 0 otherwise. */
  readonly scale: Int8Array;
  readonly bucketLength: number;
  /** Index of the point that the bucket belongs to, ascending. */
  readonly bucketPoint: Uint32Array;
  /** 1 positive or explicit, 0 the zero bucket, -1 negative. */
  readonly bucketSign: Int8Array;
  readonly bucketIndex: Int32Array;
  readonly bucketCount: Float64Array;
}
