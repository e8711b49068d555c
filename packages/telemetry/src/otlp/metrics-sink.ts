import type { DecodeLimits, DecodeOptions } from '../decode-options.js';
import { limitExceeded } from '../decode-options.js';
import type { DecodedMetrics } from '../decoded-metrics.js';
import { areAscending } from '../describe-series.js';
import { PointColumnsBuilder } from '../point-columns-builder.js';
import type { MetricKind, ResourceDescriptor, Temporality } from '../points.js';
import type { RejectionReason } from '../rejection.js';
import { SeriesCache } from '../series-cache.js';
import type { KnownMetric, KnownResource, SeriesInterner } from '../series-interner.js';
import type { SeriesIdentity } from '../series-key.js';
import type { NumberList } from './number-list.js';
import { PointDraft } from './point-draft.js';
import { quantileSuffix } from '../quantile-suffix.js';
import { timeMissing } from './unix-microseconds.js';

/** Scales that OpenTelemetry's SDKs and Prometheus' native histograms use. */
const minScale = -10;
const maxScale = 20;
/** Exponents of two of the smallest and the largest double. */
const minExponent = -1075;
const maxExponent = 1024;

/** The kinds of metric that OTLP has; a summary is taken apart before it is stored. */
export type OtlpMetricKind = MetricKind | 'summary';

/** What a metric says before its points. */
export interface MetricHead {
  readonly name: string;
  readonly unit: string;
  readonly kind: OtlpMetricKind;
  readonly temporality: Temporality;
  readonly monotonic: boolean;
}

/** The attributes of the point in the draft, in whatever form they came. */
export interface AttributeSource {
  /**
   * The number of the series that has these attributes.
   *
   * @param mayAdd whether a series that is not known yet may be added; if not, `too_many_series`.
   */
  resolve(metric: KnownMetric, interner: SeriesInterner, mayAdd: boolean): number | RejectionReason;
}

/**
 * Takes points one by one, judges them and collects those that can be stored: everything about
 * OTLP metrics that does not depend on their encoding, in one place.
 */
export class MetricsSink {
  readonly limits: DecodeLimits;
  readonly interner: SeriesInterner;
  /** Filled by the decoder before each `take`. */
  readonly draft: PointDraft;
  readonly #builder = new PointColumnsBuilder();
  readonly #resources: ResourceDescriptor[] = [];
  readonly #rejected = new Map<RejectionReason, number>();
  #pointsSeen = 0;

  #resource: KnownResource | RejectionReason = 'name_missing';
  #scope = '';
  #head: MetricHead = {
    name: '',
    unit: '',
    kind: 'gauge',
    temporality: 'unspecified',
    monotonic: false,
  };
  /** Why no point of the current metric can be stored. */
  #headRejection: RejectionReason | undefined;
  /** The metric as the interner knows it; for histograms, with the bounds of the last point. */
  #metric: KnownMetric | undefined;

  constructor(limits: DecodeLimits, options: DecodeOptions) {
    this.limits = limits;
    this.interner = (options.seriesCache ?? new SeriesCache()).interner;
    this.interner.beginBatch();
    this.draft = new PointDraft(limits.maxPointBuckets);
  }

  /** Says whose metrics follow, or why none of them can be stored. */
  beginResource(resource: KnownResource | RejectionReason): void {
    this.#resource = resource;
  }

  beginScope(name: string): void {
    this.#scope = name;
  }

  beginMetric(head: MetricHead): void {
    this.#head = head;
    this.#metric = undefined;
    this.#headRejection = this.#judgeHead();
  }

  /** Takes the point in the draft. */
  take(attributes: AttributeSource): void {
    this.#countPoint();
    if (this.draft.hasNoRecordedValue) return;
    const { kind } = this.#head;
    const reason =
      this.#headRejection ??
      this.#judgeTime() ??
      (kind === 'gauge' || kind === 'sum'
        ? this.#takeNumber(attributes)
        : kind === 'histogram'
          ? this.#takeHistogram(attributes)
          : kind === 'exponential_histogram'
            ? this.#takeExponentialHistogram(attributes)
            : this.#takeSummary(attributes));
    if (reason !== undefined) this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  finish(): DecodedMetrics {
    return {
      resources: this.#resources,
      points: this.#builder.build(),
      rejected: [...this.#rejected].map(([reason, count]) => ({ reason, count })),
    };
  }

  #countPoint(): void {
    if (++this.#pointsSeen > this.limits.maxPoints) {
      throw limitExceeded('maxPoints', this.limits.maxPoints);
    }
    const resource = this.#resource;
    if (typeof resource !== 'string' && this.interner.isNewInBatch(resource)) {
      this.#resources.push(resource.descriptor);
    }
  }

  #judgeHead(): RejectionReason | undefined {
    const { name, unit, kind, temporality } = this.#head;
    if (typeof this.#resource === 'string') return this.#resource;
    if (name === '') return 'name_missing';
    if (Math.max(name.length, unit.length, this.#scope.length) > this.limits.maxNameLength) {
      return 'name_too_long';
    }
    const needsTemporality = kind !== 'gauge' && kind !== 'summary';
    if (needsTemporality && temporality === 'unspecified') return 'temporality_unspecified';
    return undefined;
  }

  #judgeTime(): RejectionReason | undefined {
    const { draft } = this;
    if (draft.timeUs === timeMissing) return 'time_missing';
    if (draft.timeUs > Number.MAX_SAFE_INTEGER) return 'time_out_of_range';
    // A start that is absent or absurd is unknown, which 0 says; the measurement still counts.
    if (draft.startTimeUs === timeMissing || draft.startTimeUs > Number.MAX_SAFE_INTEGER) {
      draft.startTimeUs = 0;
    }
    return undefined;
  }

  #takeNumber(attributes: AttributeSource): RejectionReason | undefined {
    const { draft } = this;
    if (!draft.hasValue) return 'value_missing';
    if (!Number.isFinite(draft.value)) return 'value_not_finite';
    const metric = (this.#metric ??= this.#identify([]));
    const series = this.#series(metric, attributes);
    if (typeof series === 'string') return series;
    this.#builder.addNumber(series, draft.timeUs, draft.startTimeUs, draft.value);
    return undefined;
  }

  #takeHistogram(attributes: AttributeSource): RejectionReason | undefined {
    const { bucketCounts, bounds, count } = this.draft;
    if (this.draft.hasTooManyBuckets) return 'too_many_buckets';
    // Without buckets a histogram still has count and sum.
    const expected = bounds.length === 0 && bucketCounts.length === 0 ? 0 : bounds.length + 1;
    if (bucketCounts.length !== expected) return 'bounds_mismatch';
    if (!areAscending(bounds.values, bounds.length)) return 'bounds_invalid';
    const total = expected === 0 ? count : sumOf(bucketCounts);
    if (Math.max(count, total) > Number.MAX_SAFE_INTEGER) return 'count_out_of_range';
    if (total !== count) return 'count_mismatch';
    if (this.#metric === undefined || !equalBounds(this.#metric.identity.bounds, bounds)) {
      // A bound of -0 is the same one as 0, as its key says too.
      this.#metric = this.#identify(
        Array.from(bounds.values.subarray(0, bounds.length), (bound) => bound + 0),
      );
    }
    const series = this.#series(this.#metric, attributes);
    if (typeof series === 'string') return series;
    this.#addDistribution(series);
    for (let i = 0; i < bucketCounts.length; i++) {
      this.#builder.addBucket(1, i, bucketCounts.values[i]!);
    }
    this.#checkBucketLimit();
    return undefined;
  }

  #takeExponentialHistogram(attributes: AttributeSource): RejectionReason | undefined {
    const { positive, negative, positiveOffset, negativeOffset, zeroCount, count, scale } =
      this.draft;
    if (this.draft.hasTooManyBuckets) return 'too_many_buckets';
    if (scale < minScale || scale > maxScale) return 'scale_out_of_range';
    const total = sumOf(positive) + sumOf(negative) + zeroCount;
    if (Math.max(count, total) > Number.MAX_SAFE_INTEGER) return 'count_out_of_range';
    if (total !== count) return 'count_mismatch';
    if (!fitsDoubles(positive, positiveOffset, scale)) return 'bucket_out_of_range';
    if (!fitsDoubles(negative, negativeOffset, scale)) return 'bucket_out_of_range';
    const metric = (this.#metric ??= this.#identify([]));
    const series = this.#series(metric, attributes);
    if (typeof series === 'string') return series;
    this.#addDistribution(series);
    // From the smallest value to the largest.
    for (let i = negative.length - 1; i >= 0; i--) {
      this.#builder.addBucket(-1, negativeOffset + i, negative.values[i]!);
    }
    this.#builder.addBucket(0, 0, zeroCount);
    for (let i = 0; i < positive.length; i++) {
      this.#builder.addBucket(1, positiveOffset + i, positive.values[i]!);
    }
    this.#checkBucketLimit();
    return undefined;
  }

  /** A summary becomes a sum of its count, a sum of its sum, and a gauge per quantile. */
  #takeSummary(attributes: AttributeSource): RejectionReason | undefined {
    const { timeUs, startTimeUs, count, sum, quantiles, quantileValues } = this.draft;
    if (quantiles.overflowed) return 'too_many_quantiles';
    if (count > Number.MAX_SAFE_INTEGER) return 'count_out_of_range';
    if (!areQuantiles(quantiles)) return 'quantile_invalid';
    const parts: [suffix: string, kind: 'sum' | 'gauge', value: number][] = [
      ['_count', 'sum', count],
      ['_sum', 'sum', sum],
    ];
    for (let i = 0; i < quantiles.length; i++) {
      parts.push([quantileSuffix(quantiles.values[i]!), 'gauge', quantileValues.values[i]!]);
    }
    // Before the first observation a summary says NaN, which is nothing that could be stored.
    const finite = parts.filter(([, , value]) => Number.isFinite(value));
    // All or none: a point must not be both stored and rejected.
    const indexes: number[] = [];
    for (const [suffix, partKind] of finite) {
      const series = this.#series(this.#identifyPart(suffix, partKind), attributes);
      if (typeof series === 'string') return series;
      indexes.push(series);
    }
    finite.forEach(([, , value], i) => {
      this.#builder.addNumber(indexes[i]!, timeUs, startTimeUs, value);
    });
    if (this.#builder.length > this.limits.maxPoints) {
      throw limitExceeded('maxPoints', this.limits.maxPoints);
    }
    return undefined;
  }

  #addDistribution(series: number): void {
    const { timeUs, startTimeUs, count, sum, min, max, scale } = this.draft;
    this.#builder.addHistogram(
      series,
      timeUs,
      startTimeUs,
      count,
      finiteOrNaN(sum),
      finiteOrNaN(min),
      finiteOrNaN(max),
      scale,
    );
  }

  #identify(bounds: readonly number[]): KnownMetric | undefined {
    const { name, unit, kind, temporality, monotonic } = this.#head;
    return this.#known({
      scope: this.#scope,
      metricName: name,
      kind: kind === 'summary' ? 'gauge' : kind,
      unit,
      temporality: kind === 'gauge' ? 'unspecified' : temporality,
      monotonic: kind === 'sum' && monotonic,
      bounds,
    });
  }

  #identifyPart(suffix: string, kind: 'sum' | 'gauge'): KnownMetric | undefined {
    return this.#known({
      scope: this.#scope,
      metricName: this.#head.name + suffix,
      kind,
      unit: suffix === '_count' ? '' : this.#head.unit,
      temporality: kind === 'sum' ? 'cumulative' : 'unspecified',
      monotonic: kind === 'sum',
      bounds: [],
    });
  }

  /** Undefined when the request has brought too many metrics that no series is left for. */
  #known(identity: SeriesIdentity): KnownMetric | undefined {
    // A rejected resource has rejected every one of its metrics before.
    if (typeof this.#resource === 'string') return undefined;
    if (this.interner.metricsAdded >= this.limits.maxSeries) return undefined;
    return this.interner.metric(this.#resource, identity);
  }

  #series(metric: KnownMetric | undefined, attributes: AttributeSource): number | RejectionReason {
    if (metric === undefined) return 'too_many_series';
    const { interner } = this;
    const mayAdd = this.#builder.seriesLength < this.limits.maxSeries;
    const series = attributes.resolve(metric, interner, mayAdd);
    if (typeof series === 'string') return series;
    let index = interner.indexInBatch(series);
    if (index < 0) {
      if (!mayAdd) return 'too_many_series';
      index = this.#builder.addSeries(interner.descriptor(series));
      interner.setIndexInBatch(series, index);
    }
    return index;
  }

  #checkBucketLimit(): void {
    if (this.#builder.bucketLength > this.limits.maxBuckets) {
      throw limitExceeded('maxBuckets', this.limits.maxBuckets);
    }
  }
}

/** Sum, minimum and maximum may be absent, so one that is not a number loses nothing else. */
function finiteOrNaN(value: number): number {
  return Number.isFinite(value) ? value : NaN;
}

function sumOf(list: NumberList): number {
  let sum = 0;
  for (let i = 0; i < list.length; i++) sum += list.values[i]!;
  return sum;
}

function equalBounds(bounds: readonly number[], list: NumberList): boolean {
  if (bounds.length !== list.length) return false;
  for (let i = 0; i < bounds.length; i++) if (bounds[i] !== list.values[i]) return false;
  return true;
}

/** Whether these are quantiles as OTLP has them: within 0 and 1, strictly increasing. */
function areQuantiles(list: NumberList): boolean {
  if (!areAscending(list.values, list.length)) return false;
  return list.length === 0 || (list.values[0]! >= 0 && list.values[list.length - 1]! <= 1);
}

/** Whether every bucket that holds something covers numbers that exist. */
function fitsDoubles(list: NumberList, offset: number, scale: number): boolean {
  const perPowerOfTwo = 2 ** scale;
  const lowest = Math.floor(minExponent * perPowerOfTwo) - 1;
  const end = Math.ceil(maxExponent * perPowerOfTwo);
  for (let i = 0; i < list.length; i++) {
    const index = offset + i;
    if (list.values[i] !== 0 && (index < lowest || index >= end)) return false;
  }
  return true;
}
