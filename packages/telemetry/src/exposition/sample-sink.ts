import type { DecodeLimits } from '../decode-options.js';
import { limitExceeded } from '../decode-options.js';
import type { DecodedMetrics } from '../decoded-metrics.js';
import { PointColumnsBuilder } from '../point-columns-builder.js';
import type { ResourceDescriptor } from '../points.js';
import { unitOfName } from '../prometheus/unit-of-name.js';
import type { RejectionReason } from '../rejection.js';
import type { ClassicHistogram } from './classic-histogram.js';
import type { Beginning, ExpositionSeries, SampleSlot } from './exposition-series.js';

/** Takes the samples of one scrape, judges them and collects those that can be stored. */
export class SampleSink {
  readonly #limits: DecodeLimits;
  readonly #series: ExpositionSeries;
  readonly #builder = new PointColumnsBuilder();
  readonly #resources: ResourceDescriptor[] = [];
  readonly #rejected = new Map<RejectionReason, number>();
  /** Numbers wait for the end: `_created`, which says since when they count, may come after them. */
  readonly #indexes: number[] = [];
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  readonly #beginnings: (Beginning | undefined)[] = [];
  /** Per series of this scrape: time of its last point. */
  readonly #lastTimes: number[] = [];
  readonly #histograms: ClassicHistogram[] = [];
  #samples = 0;

  constructor(limits: DecodeLimits, series: ExpositionSeries) {
    this.#limits = limits;
    this.#series = series;
  }

  /** Number of samples so far, stored or not. */
  get samples(): number {
    return this.#samples;
  }

  /** Counts a sample, before anything is known of it. */
  count(): void {
    if (++this.#samples > this.#limits.maxPoints) {
      throw limitExceeded('maxPoints', this.#limits.maxPoints);
    }
  }

  reject(reason: RejectionReason): void {
    this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + 1);
  }

  take(slot: SampleSlot, value: number, timeUs: number): void {
    if (!(timeUs >= 0 && timeUs <= Number.MAX_SAFE_INTEGER)) {
      this.reject('time_out_of_range');
      return;
    }
    if (this.#series.interner.isNewInBatch(slot.resource)) {
      this.#resources.push(slot.resource.descriptor);
    }
    switch (slot.role) {
      case 'created':
        this.#noteBeginning(slot.beginning!, value);
        return;
      case 'bucket':
        this.#collecting(slot.histogram!, timeUs).addBucket(slot.bound, value);
        return;
      case 'histogram_count':
        this.#collecting(slot.histogram!, timeUs).setCount(value);
        return;
      case 'histogram_sum':
        this.#collecting(slot.histogram!, timeUs).setSum(value);
        return;
      default:
        this.#takeNumber(slot, value, timeUs);
    }
  }

  finish(): DecodedMetrics {
    const { batch } = this.#series;
    for (const histogram of this.#histograms) this.#takeHistogram(histogram);
    for (let i = 0; i < this.#indexes.length; i++) {
      const timeUs = this.#times[i]!;
      const startTimeUs = startOf(this.#beginnings[i], batch, timeUs);
      this.#builder.addNumber(this.#indexes[i]!, timeUs, startTimeUs, this.#values[i]!);
    }
    return {
      resources: this.#resources,
      points: this.#builder.build(),
      rejected: [...this.#rejected].map(([reason, count]) => ({ reason, count })),
    };
  }

  #takeNumber({ series, beginning }: SampleSlot, value: number, timeUs: number): void {
    // NaN and the infinities say that there is nothing, as a summary's quantile does when idle.
    if (!Number.isFinite(value)) return;
    const index = this.#indexOf(series);
    if (index < 0) {
      this.reject('too_many_series');
      return;
    }
    if (this.#lastTimes[index] === timeUs) {
      this.reject('duplicate_sample');
      return;
    }
    this.#lastTimes[index] = timeUs;
    this.#indexes.push(index);
    this.#times.push(timeUs);
    this.#values.push(value);
    this.#beginnings.push(beginning);
  }

  #indexOf(series: number): number {
    const { interner } = this.#series;
    const known = interner.indexInBatch(series);
    if (known >= 0) return known;
    if (this.#builder.seriesLength >= this.#limits.maxSeries) return -1;
    const index = this.#builder.addSeries(interner.descriptor(series));
    interner.setIndexInBatch(series, index);
    this.#lastTimes[index] = NaN;
    return index;
  }

  #noteBeginning(beginning: Beginning, seconds: number): void {
    const startTimeUs = Math.floor(seconds * 1_000_000);
    if (!(startTimeUs > 0 && startTimeUs <= Number.MAX_SAFE_INTEGER)) return;
    beginning.startTimeUs = startTimeUs;
    beginning.batch = this.#series.batch;
  }

  /** The histogram that a line adds to; a line of another time closes the point before it. */
  #collecting(histogram: ClassicHistogram, timeUs: number): ClassicHistogram {
    const { batch } = this.#series;
    if (histogram.batch !== batch) {
      this.#histograms.push(histogram);
      histogram.begin(batch, timeUs);
    } else if (histogram.timeUs !== timeUs) {
      this.#takeHistogram(histogram);
      histogram.begin(batch, timeUs);
    }
    return histogram;
  }

  #takeHistogram(histogram: ClassicHistogram): void {
    const assembled = histogram.assemble(this.#limits.maxPointBuckets);
    if (typeof assembled === 'string') {
      this.reject(assembled);
      return;
    }
    const { bounds, counts, count, sum } = assembled;
    const index = this.#indexOf(this.#seriesOf(histogram, bounds));
    if (index < 0) {
      this.reject('too_many_series');
      return;
    }
    const { timeUs } = histogram;
    const startTimeUs = startOf(histogram.beginning, this.#series.batch, timeUs);
    this.#builder.addHistogram(index, timeUs, startTimeUs, count, sum, NaN, NaN, 0);
    for (let i = 0; i < counts.length; i++) this.#builder.addBucket(1, i, counts[i]!);
    if (this.#builder.bucketLength > this.#limits.maxBuckets) {
      throw limitExceeded('maxBuckets', this.#limits.maxBuckets);
    }
  }

  #seriesOf(histogram: ClassicHistogram, bounds: number[]): number {
    if (histogram.lastSeries >= 0 && areEqual(histogram.lastBounds, bounds)) {
      return histogram.lastSeries;
    }
    const { interner } = this.#series;
    const metric = interner.metric(histogram.resource, {
      scope: '',
      metricName: histogram.family,
      kind: 'histogram',
      unit: unitOfName(histogram.family),
      temporality: 'cumulative',
      monotonic: false,
      bounds,
    });
    const known = interner.findSeries(metric, histogram.attributes);
    histogram.lastSeries = known >= 0 ? known : interner.addSeries(metric, histogram.attributes);
    histogram.lastBounds = bounds;
    return histogram.lastSeries;
  }
}

/** When a point began to count, if this scrape says so and it makes sense; 0 is unknown. */
function startOf(beginning: Beginning | undefined, batch: number, timeUs: number): number {
  if (beginning?.batch !== batch || beginning.startTimeUs > timeUs) return 0;
  return beginning.startTimeUs;
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
