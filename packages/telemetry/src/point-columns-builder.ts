import type { PointColumns, SeriesDescriptor } from './points.js';

const initialPoints = 256;
const initialBuckets = 256;
/** A large batch is no reason to make as much room for a small one. */
const mostExpected = 16_384;

/**
 * Collects points into `PointColumns`: the one way in which columns come about, for OTLP and for
 * anything else that produces points.
 *
 * Arguments are positional numbers so that adding a point allocates nothing. Values are taken as
 * they are: whoever adds points answers for their meaning.
 *
 * Units:  timeUs and startTimeUs microseconds since the epoch, UTC; startTimeUs 0 means unknown.
 * @example
 * const builder = new PointColumnsBuilder();
 * const series = builder.addSeries(describeSeries({ metricName: 'queue.depth', kind: 'gauge' }));
 * builder.addNumber(series, Date.now() * 1000, 0, 17);
 * const columns = builder.build();
 */
export class PointColumnsBuilder {
  #series: SeriesDescriptor[] = [];
  #indexByKey = new Map<string, number>();
  #length = 0;
  #bucketLength = 0;
  #points = new PointArrays(0);
  #histograms: HistogramArrays | undefined;
  #buckets = new BucketArrays(0);
  readonly #expectedPoints: number;

  /** @param expectedPoints how many points there will be, about: room for them is made at once */
  constructor(expectedPoints = 0) {
    this.#expectedPoints = Math.min(expectedPoints, mostExpected);
  }

  /** Number of points so far. */
  get length(): number {
    return this.#length;
  }

  /** Number of buckets so far. */
  get bucketLength(): number {
    return this.#bucketLength;
  }

  /** Number of distinct series so far. */
  get seriesLength(): number {
    return this.#series.length;
  }

  /** The index under which points of this series are added; the same key gives the same index. */
  addSeries(descriptor: SeriesDescriptor): number {
    const known = this.#indexByKey.get(descriptor.key);
    if (known !== undefined) return known;
    const index = this.#series.push(descriptor) - 1;
    this.#indexByKey.set(descriptor.key, index);
    return index;
  }

  /** The same for a series that is known not to be there yet: nothing is looked up. */
  addNewSeries(descriptor: SeriesDescriptor): number {
    return this.#series.push(descriptor) - 1;
  }

  /** Adds a point of a gauge or a sum. */
  addNumber(series: number, timeUs: number, startTimeUs: number, value: number): void {
    this.#add(series, timeUs, startTimeUs, value);
  }

  /**
   * Adds a point of a histogram; its buckets follow by `addBucket`.
   *
   * @param sum NaN when absent, as `min` and `max`.
   * @param scale of an exponential histogram; 0 for an explicit one.
   */
  addHistogram(
    series: number,
    timeUs: number,
    startTimeUs: number,
    count: number,
    sum: number,
    min: number,
    max: number,
    scale: number,
  ): void {
    this.#add(series, timeUs, startTimeUs, sum);
    const at = this.#length - 1;
    if (!this.#histograms || at >= this.#histograms.capacity) {
      const larger = new HistogramArrays(this.#points.capacity);
      if (this.#histograms) larger.take(this.#histograms);
      this.#histograms = larger;
    }
    const histograms = this.#histograms;
    histograms.count[at] = count;
    histograms.min[at] = min;
    histograms.max[at] = max;
    histograms.scale[at] = scale;
  }

  /**
   * Adds a bucket to the point added last; an empty one is left out.
   *
   * @throws {RangeError} when there is no point yet.
   */
  addBucket(sign: -1 | 0 | 1, index: number, count: number): void {
    if (this.#length === 0) throw new RangeError('A bucket needs a point to belong to');
    if (count === 0) return;
    const at = this.#bucketLength;
    if (at === this.#buckets.capacity) {
      this.#buckets = this.#buckets.grown(Math.max(initialBuckets, at * 2));
    }
    const buckets = this.#buckets;
    buckets.point[at] = this.#length - 1;
    buckets.sign[at] = sign;
    buckets.index[at] = index;
    buckets.count[at] = count;
    this.#bucketLength = at + 1;
  }

  /** The columns collected so far. The builder is empty afterwards and can be used again. */
  build(): PointColumns {
    const length = this.#length;
    const bucketLength = this.#bucketLength;
    const points = this.#points;
    const histograms = histogramsUpTo(length, this.#histograms);
    const buckets = this.#buckets;
    const columns: PointColumns = {
      series: this.#series,
      length,
      seriesIndex: points.seriesIndex.subarray(0, length),
      timeUs: points.timeUs.subarray(0, length),
      startTimeUs: points.startTimeUs.subarray(0, length),
      value: points.value.subarray(0, length),
      count: histograms.count.subarray(0, length),
      min: histograms.min.subarray(0, length),
      max: histograms.max.subarray(0, length),
      scale: histograms.scale.subarray(0, length),
      bucketLength,
      bucketPoint: buckets.point.subarray(0, bucketLength),
      bucketSign: buckets.sign.subarray(0, bucketLength),
      bucketIndex: buckets.index.subarray(0, bucketLength),
      bucketCount: buckets.count.subarray(0, bucketLength),
    };
    this.#series = [];
    this.#indexByKey = new Map();
    this.#length = 0;
    this.#bucketLength = 0;
    this.#points = new PointArrays(0);
    this.#histograms = undefined;
    this.#buckets = new BucketArrays(0);
    return columns;
  }

  #add(series: number, timeUs: number, startTimeUs: number, value: number): void {
    const at = this.#length;
    if (at === this.#points.capacity) {
      const least = at === 0 ? Math.max(initialPoints, this.#expectedPoints) : at * 2;
      this.#points = this.#points.grown(least);
    }
    const points = this.#points;
    points.seriesIndex[at] = series;
    points.timeUs[at] = timeUs;
    points.startTimeUs[at] = startTimeUs;
    points.value[at] = value;
    this.#length = at + 1;
  }
}

/** What every point has. */
class PointArrays {
  readonly capacity: number;
  readonly seriesIndex: Uint32Array;
  readonly timeUs: Float64Array;
  readonly startTimeUs: Float64Array;
  readonly value: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.seriesIndex = new Uint32Array(capacity);
    this.timeUs = new Float64Array(capacity);
    this.startTimeUs = new Float64Array(capacity);
    this.value = new Float64Array(capacity);
  }

  grown(capacity: number): PointArrays {
    const larger = new PointArrays(capacity);
    larger.seriesIndex.set(this.seriesIndex);
    larger.timeUs.set(this.timeUs);
    larger.startTimeUs.set(this.startTimeUs);
    larger.value.set(this.value);
    return larger;
  }
}

/** What only histograms have; other points have NaN there, and 0 as scale. */
class HistogramArrays {
  readonly capacity: number;
  readonly count: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly scale: Int8Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.count = new Float64Array(capacity).fill(NaN);
    this.min = new Float64Array(capacity).fill(NaN);
    this.max = new Float64Array(capacity).fill(NaN);
    this.scale = new Int8Array(capacity);
  }

  take(smaller: HistogramArrays): void {
    this.count.set(smaller.count);
    this.min.set(smaller.min);
    this.max.set(smaller.max);
    this.scale.set(smaller.scale);
  }
}

/** Points up to which it is shared. */
const mostShared = 16_384;
/** Shared by all batches without histograms: most of them, and half of their memory. */
let noHistograms = new HistogramArrays(0);

function histogramsUpTo(length: number, filled: HistogramArrays | undefined): HistogramArrays {
  if (filled && filled.capacity >= length) return filled;
  if (filled || length > mostShared) {
    const larger = new HistogramArrays(length);
    if (filled) larger.take(filled);
    return larger;
  }
  if (noHistograms.capacity < length) noHistograms = new HistogramArrays(mostShared);
  return noHistograms;
}

class BucketArrays {
  readonly capacity: number;
  readonly point: Uint32Array;
  readonly sign: Int8Array;
  readonly index: Int32Array;
  readonly count: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.point = new Uint32Array(capacity);
    this.sign = new Int8Array(capacity);
    this.index = new Int32Array(capacity);
    this.count = new Float64Array(capacity);
  }

  grown(capacity: number): BucketArrays {
    const larger = new BucketArrays(capacity);
    larger.point.set(this.point);
    larger.sign.set(this.sign);
    larger.index.set(this.index);
    larger.count.set(this.count);
    return larger;
  }
}
