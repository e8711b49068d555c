import type { DecodeLimits } from '../decode-options.js';
import { limitExceeded } from '../decode-options.js';
import type { DecodedMetrics } from '../decoded-metrics.js';
import { PointColumnsBuilder } from '../point-columns-builder.js';
import type { RejectionReason } from '../rejection.js';
import type { Beginning, ExpositionSeries, SampleSlot } from './exposition-series.js';

/** Takes the samples of one scrape, judges them and collects those that can be stored. */
export class SampleSink {
  readonly #limits: DecodeLimits;
  readonly #series: ExpositionSeries;
  readonly #builder = new PointColumnsBuilder();
  readonly #rejected = new Map<RejectionReason, number>();
  /** Numbers wait for the end: `_created`, which says since when they count, may come after them. */
  readonly #indexes: number[] = [];
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  readonly #beginnings: (Beginning | undefined)[] = [];
  /** Per series of this scrape: time of its last point. */
  readonly #lastTimes: number[] = [];
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

  take({ series, beginning }: SampleSlot, value: number, timeUs: number): void {
    if (!(timeUs >= 0 && timeUs <= Number.MAX_SAFE_INTEGER)) {
      this.reject('timestamp_out_of_range');
    } else if (series < 0) this.#noteBeginning(beginning!, value);
    // NaN and the infinities say that there is nothing, as a summary's quantile does when idle.
    else if (Number.isFinite(value)) this.#takeNumber(series, beginning, value, timeUs);
  }

  finish(): DecodedMetrics {
    const { batch, series } = this.#series;
    for (let i = 0; i < this.#indexes.length; i++) {
      const timeUs = this.#times[i]!;
      const startTimeUs = startOf(this.#beginnings[i], batch, timeUs);
      this.#builder.addNumber(this.#indexes[i]!, timeUs, startTimeUs, this.#values[i]!);
    }
    return {
      resources: series.takeResources(),
      points: this.#builder.build(),
      rejected: [...this.#rejected].map(([reason, count]) => ({ reason, count })),
    };
  }

  #takeNumber(
    series: number,
    beginning: Beginning | undefined,
    value: number,
    timeUs: number,
  ): void {
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

  #indexOf(number: number): number {
    const { series } = this.#series;
    const known = series.indexInBatch(number);
    if (known >= 0) return known;
    if (this.#builder.seriesLength >= this.#limits.maxSeries) return -1;
    const index = this.#builder.addNewSeries(series.descriptor(number));
    series.setIndexInBatch(number, index);
    return index;
  }

  #noteBeginning(beginning: Beginning, seconds: number): void {
    const startTimeUs = Math.floor(seconds * 1_000_000);
    if (!(startTimeUs > 0 && startTimeUs <= Number.MAX_SAFE_INTEGER)) return;
    beginning.startTimeUs = startTimeUs;
    beginning.batch = this.#series.batch;
  }
}

/** When a point began to count, if this scrape says so and it makes sense; 0 is unknown. */
function startOf(beginning: Beginning | undefined, batch: number, timeUs: number): number {
  if (beginning?.batch !== batch || beginning.startTimeUs > timeUs) return 0;
  return beginning.startTimeUs;
}
