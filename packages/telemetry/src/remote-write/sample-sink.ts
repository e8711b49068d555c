import type { DecodeLimits } from '../decode-options.js';
import { limitExceeded } from '../decode-options.js';
import type { PointColumnsBuilder } from '../point-columns-builder.js';
import type { RejectionReason } from '../rejection.js';
import type { LabelSeries } from './label-series.js';
import type { DecodedRemoteWrite } from './remote-write-decoder.js';

/** The largest time that stays an exact integer in microseconds, ms. */
const maxTimeMs = Math.floor(Number.MAX_SAFE_INTEGER / 1000);

/** Takes samples one by one, judges them and collects those that can be stored. */
export class SampleSink {
  readonly limits: DecodeLimits;
  readonly series: LabelSeries;
  readonly builder: PointColumnsBuilder;
  readonly #rejected = new Map<RejectionReason, number>();
  #taken = 0;
  #samples = 0;
  #histograms = 0;
  #leftOut = 0;

  constructor(limits: DecodeLimits, series: LabelSeries, builder: PointColumnsBuilder) {
    this.limits = limits;
    this.series = series;
    this.builder = builder;
  }

  /** The index in this batch of a series, or why its samples cannot be stored. */
  indexOf(number: number): number | RejectionReason {
    const { series, builder, limits } = this;
    const known = series.indexInBatch(number);
    if (known >= 0) return known;
    if (builder.seriesLength >= limits.maxSeries) return 'too_many_series';
    // A number stands for one key, and was not used in this batch.
    const index = builder.addNewSeries(series.descriptor(number));
    series.setIndexInBatch(number, index);
    return index;
  }

  /** Takes a number, of the series with that index. Stale markers are NaN, too. */
  takeNumber(index: number, timeMs: number, startTimeUs: number, value: number): void {
    this.#count();
    if (!(timeMs >= 0 && timeMs <= maxTimeMs)) {
      this.reject('timestamp_out_of_range', 1);
      return;
    }
    this.#samples += 1;
    // Infinity minus itself is NaN, and NaN is never 0: one test for all that is not finite.
    if (value - value !== 0) this.#leftOut += 1;
    else this.builder.addNumber(index, timeMs * 1000, startTimeUs, value);
  }

  /** Counts a native histogram; false when there is nothing to store. */
  takeHistogram(timeMs: number, isStale: boolean): boolean {
    this.#count();
    if (!(timeMs >= 0 && timeMs <= maxTimeMs)) {
      this.reject('timestamp_out_of_range', 1);
      return false;
    }
    this.#histograms += 1;
    if (isStale) this.#leftOut += 1;
    return !isStale;
  }

  /** Counts the histogram taken last as one that cannot be stored. */
  rejectHistogram(reason: RejectionReason): void {
    this.#histograms -= 1;
    this.reject(reason, 1);
  }

  /** Counts samples that cannot be stored. */
  reject(reason: RejectionReason, count: number): void {
    if (count > 0) this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + count);
  }

  /** Counts samples of a series that cannot be stored, as long as there are not too many. */
  rejectAll(reason: RejectionReason, count: number): void {
    this.#count(count);
    this.reject(reason, count);
  }

  finish(): DecodedRemoteWrite {
    return {
      resources: this.series.takeResources(),
      points: this.builder.build(),
      rejected: [...this.#rejected].map(([reason, count]) => ({ reason, count })),
      samples: this.#samples,
      histograms: this.#histograms,
      leftOut: this.#leftOut,
    };
  }

  #count(n = 1): void {
    this.#taken += n;
    if (this.#taken > this.limits.maxPoints) {
      throw limitExceeded('maxPoints', this.limits.maxPoints);
    }
  }
}
