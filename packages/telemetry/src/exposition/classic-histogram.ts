import { areAscending } from '../describe-series.js';
import type { KnownResource } from '../series-interner.js';
import type { Beginning } from './exposition-series.js';
import type { RejectionReason } from '../rejection.js';

/** A classic histogram put together: what the store calls a histogram. */
export interface AssembledHistogram {
  /** Upper bounds, finite and ascending. */
  readonly bounds: number[];
  /** One count per bucket, one more than bounds; empty without any bucket. */
  readonly counts: number[];
  readonly count: number;
  /** NaN when absent. */
  readonly sum: number;
}

/**
 * Collects the lines of one classic histogram, which has a line per bucket, each counting everything
 * up to its bound, and one line each for count and sum.
 */
export class ClassicHistogram {
  readonly family: string;
  readonly attributes: string;
  readonly resource: KnownResource;
  readonly beginning: Beginning;
  /** Number of the series that the last point belonged to, and its bounds. */
  lastSeries = -1;
  lastBounds: readonly number[] = [];
  /** The scrape whose lines are being collected. */
  batch = -1;
  timeUs = 0;
  #bounds: number[] = [];
  #totals: number[] = [];
  #count = NaN;
  #sum = NaN;

  constructor(family: string, attributes: string, resource: KnownResource, beginning: Beginning) {
    this.family = family;
    this.attributes = attributes;
    this.resource = resource;
    this.beginning = beginning;
  }

  begin(batch: number, timeUs: number): void {
    this.batch = batch;
    this.timeUs = timeUs;
    this.#bounds = [];
    this.#totals = [];
    this.#count = NaN;
    this.#sum = NaN;
  }

  addBucket(bound: number, total: number): void {
    this.#bounds.push(bound);
    this.#totals.push(total);
  }

  setCount(count: number): void {
    this.#count = count;
  }

  setSum(sum: number): void {
    this.#sum = sum;
  }

  /**
   * The histogram as it stands, or why it is none.
   *
   * The bucket of +Inf is the count; where it is missing the line of the count stands in for it. A
   * target that counts while it is being read may have both differ, and the buckets agree with each
   * other.
   */
  assemble(maxBuckets: number): AssembledHistogram | RejectionReason {
    if (this.#bounds.length > maxBuckets) return 'too_many_buckets';
    sortTogether(this.#bounds, this.#totals);
    const bounds = this.#bounds;
    const totals = this.#totals;
    const hasOverflow = bounds.at(-1) === Infinity;
    if (!hasOverflow) totals.push(this.#count);
    const finite = hasOverflow ? bounds.slice(0, -1) : bounds;
    if (!areAscending(finite, finite.length)) return 'bounds_invalid';
    const count = totals.at(-1)!;
    let before = 0;
    const counts: number[] = [];
    for (const total of totals) {
      if (!(total >= before)) return 'count_mismatch';
      counts.push(total - before);
      before = total;
    }
    if (count > Number.MAX_SAFE_INTEGER) return 'count_out_of_range';
    const sum = Number.isFinite(this.#sum) ? this.#sum : NaN;
    // Without bounds a histogram still has count and sum.
    return finite.length === 0
      ? { bounds: [], counts: [], count, sum }
      : { bounds: finite, counts, count, sum };
  }
}

/** Most targets send buckets in order; those that do not are put in order. */
function sortTogether(bounds: number[], totals: number[]): void {
  if (bounds.every((bound, i) => i === 0 || bounds[i - 1]! < bound)) return;
  const order = bounds.map((_, i) => i).sort((a, b) => bounds[a]! - bounds[b]!);
  const sorted = order.map((i) => [bounds[i]!, totals[i]!] as const);
  sorted.forEach(([bound, total], i) => {
    bounds[i] = bound;
    totals[i] = total;
  });
}
