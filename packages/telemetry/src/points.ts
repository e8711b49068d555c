/**
 * What a series measures. A summary has no kind of its own: see `docs/mapping.md`. A
 * `histogram_bucket` is one bucket of a classic Prometheus histogram: its points are numbers, how
 * many measurements so far were at most its only bound, or how many there were when it has none.
 */
export type MetricKind =
  'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'histogram_bucket';

/** Whether a point counts from the series' start or from the point before it. Gauges: `unspecified`. */
export type Temporality = 'unspecified' | 'delta' | 'cumulative';

/** Everything that tells one series from another, once per series instead of once per point. */
export interface SeriesDescriptor {
  /**
   * Canonical identity: the same series has the same key in every batch and process. A SHA-256
   * digest (base64url) over resource, scope, name, kind, unit, temporality, monotonic, bounds and
   * attributes.
   */
  readonly key: string;
  /** `service.namespace/service.name`, or `service.name` alone; `unknown_service` when absent. */
  readonly serviceId: string;
  readonly metricName: string;
  readonly kind: MetricKind;
  /** UCUM as sent; `''` when unspecified. */
  readonly unit: string;
  readonly temporality: Temporality;
  readonly monotonic: boolean;
  /** Canonical JSON object of the data point's attributes, keys sorted. */
  readonly attributes: string;
  /** Canonical JSON object of the resource's attributes, keys sorted. */
  readonly resource: string;
  /** Name of the instrumentation scope; `''` when absent. */
  readonly scope: string;
  /** Upper bounds of an explicit histogram, ascending, or that of a bucket; `[]` otherwise. */
  readonly bounds: readonly number[];
}

/**
 * A batch of points, one typed array per column: what leaves this package for the store.
 *
 * Shape:  point `i` is element `i` of every point column; bucket `j` belongs to point
 *         `bucketPoint[j]`, ascending. Only buckets that hold something are listed.
 * Units:  times in microseconds since the epoch, UTC, integers.
 */
export interface PointColumns {
  /** The distinct series of this batch. */
  readonly series: readonly SeriesDescriptor[];
  /** Number of points; every point column has exactly this length. */
  readonly length: number;
  /** Index into `series`. */
  readonly seriesIndex: Uint32Array;
  readonly timeUs: Float64Array;
  /** 0 means unknown. */
  readonly startTimeUs: Float64Array;
  /** Value of a gauge or sum; sum of a histogram (NaN when absent). */
  readonly value: Float64Array;
  /** Count of a histogram; NaN for gauge and sum. */
  readonly count: Float64Array;
  /** NaN when absent. */
  readonly min: Float64Array;
  /** NaN when absent. */
  readonly max: Float64Array;
  /** Scale of an exponential histogram; 0 otherwise. */
  readonly scale: Int8Array;
  /** Number of non-empty buckets; every bucket column has exactly this length. */
  readonly bucketLength: number;
  /** Index of the point that a bucket belongs to, ascending. */
  readonly bucketPoint: Uint32Array;
  /** Exponential: 1 positive, 0 the zero bucket, -1 negative. Explicit: 1. */
  readonly bucketSign: Int8Array;
  /**
   * Exponential: `i` covers (base^i, base^(i+1)]; 0 for the zero bucket. Explicit: 0 to
   * `bounds.length`, the last one being everything above the last bound.
   */
  readonly bucketIndex: Int32Array;
  readonly bucketCount: Float64Array;
}

/** Who sent a batch: a resource, with the attributes that describe a service pulled out. */
export interface ResourceDescriptor {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly serviceNamespace?: string;
  readonly serviceVersion?: string;
  readonly serviceInstanceId?: string;
  readonly hostName?: string;
  /** Canonical JSON object, keys sorted. */
  readonly attributes: string;
}
