import { limitExceeded } from '../decode-options.js';
import { areAscending } from '../describe-series.js';
import { NumberList } from '../otlp/number-list.js';
import type { RejectionReason } from '../rejection.js';
import { knownFields } from '../wire/known-fields.js';
import type { WireReader } from '../wire/wire-reader.js';
import type { SampleSink } from './sample-sink.js';

/** Tags of prompb's Histogram: field number × 8 + wire type. */
const tags = {
  countInt: 0x08,
  countFloat: 0x11,
  sum: 0x19,
  schema: 0x20,
  zeroThreshold: 0x29,
  zeroCountInt: 0x30,
  zeroCountFloat: 0x39,
  negativeSpan: 0x42,
  negativeDelta: 0x48,
  negativeDeltas: 0x4a,
  negativeCount: 0x51,
  negativeCounts: 0x52,
  positiveSpan: 0x5a,
  positiveDelta: 0x60,
  positiveDeltas: 0x62,
  positiveCount: 0x69,
  positiveCounts: 0x6a,
  resetHint: 0x70,
  timestamp: 0x78,
  customValue: 0x81,
  customValues: 0x82,
  startTimestamp: 0x88,
} as const;
const spanTags = { offset: 0x08, length: 0x10 } as const;
const fields = knownFields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
const spanFields = knownFields(1, 2);

/** Schemas with buckets at powers of two. Source: Prometheus' native histograms specification. */
const minSchema = -4;
const maxSchema = 8;
/** The schema of histograms whose sender chose the bounds. */
const customBounds = -53;
/** ResetHint GAUGE: a distribution that is, not one that grows. */
const gaugeHint = 3;
/** Exponents of two of the smallest and the largest double. */
const minExponent = -1075;
const maxExponent = 1024;
/** NaN with this payload marks the end of a series. Source: prometheus/model/value */
const staleHigh = 0x7ff00000;
const staleLow = 2;

/** The buckets of one sign as they are sent. */
class Side {
  /** Of each span: buckets left out before it, and its own. */
  readonly offsets: NumberList;
  readonly lengths: NumberList;
  /** Of integer buckets the differences, of float ones the counts. */
  readonly deltas: NumberList;
  readonly counts: NumberList;

  constructor(maxBuckets: number) {
    this.offsets = new NumberList(maxBuckets);
    this.lengths = new NumberList(maxBuckets);
    this.deltas = new NumberList(maxBuckets);
    this.counts = new NumberList(maxBuckets);
  }

  clear(): void {
    for (const list of this.#lists()) list.clear();
  }

  get overflowed(): boolean {
    return this.#lists().some((list) => list.overflowed);
  }

  #lists(): NumberList[] {
    return [this.offsets, this.lengths, this.deltas, this.counts];
  }
}

/** The buckets of one sign, one by one. */
interface Buckets {
  readonly indexes: readonly number[];
  readonly counts: readonly number[];
  readonly total: number;
}

/**
 * Reads native histograms, integer and float, as exponential histograms; those with bounds of their
 * own as histograms with those bounds.
 *
 * Prometheus' bucket `i` covers (base^(i-1), base^i], that of `PointColumns` (base^i, base^(i+1)].
 *
 * Source: prometheus/prompb/types.proto; prometheus.io/docs/specs/native_histograms
 */
export class NativeHistogramReader {
  readonly #reader: WireReader;
  readonly #sink: SampleSink;
  readonly #positive: Side;
  readonly #negative: Side;
  readonly #bounds: NumberList;
  #count = 0;
  #sum = 0;
  #isStale = false;
  #schema = 0;
  #zeroCount = 0;
  #resetHint = 0;
  #timeMs = 0;
  #startMs = 0;

  constructor(reader: WireReader, sink: SampleSink) {
    const { maxPointBuckets } = sink.limits;
    this.#reader = reader;
    this.#sink = sink;
    this.#positive = new Side(maxPointBuckets);
    this.#negative = new Side(maxPointBuckets);
    this.#bounds = new NumberList(maxPointBuckets);
  }

  /** Bounds of the histogram read last that chose them itself; undefined for all others. */
  get bounds(): readonly number[] | undefined {
    if (this.#schema !== customBounds) return undefined;
    return Array.from(this.#bounds.values.subarray(0, this.#bounds.length));
  }

  /** Reads the message that ends there. {@link add} stores it. */
  read(end: number): void {
    const reader = this.#reader;
    this.#clear();
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (!this.#readHead(tag, end) && !this.#readBuckets(tag, end)) {
        reader.skipUnknown(tag, fields, end);
      }
    }
  }

  /**
   * Adds the histogram read last to the series with that index.
   *
   * @param startTimeUs 0 when unknown, or when the histogram itself says it.
   */
  add(index: number | RejectionReason, startTimeUs: number): void {
    const sink = this.#sink;
    if (!sink.takeHistogram(this.#timeMs, this.#isStale)) return;
    const reason = typeof index === 'string' ? index : this.#addTo(index, startTimeUs);
    if (reason !== undefined) sink.rejectHistogram(reason);
  }

  #addTo(series: number, startTimeUs: number): RejectionReason | undefined {
    const isCustom = this.#schema === customBounds;
    if (this.#positive.overflowed || this.#negative.overflowed || this.#bounds.overflowed) {
      return 'too_many_buckets';
    }
    if (this.#resetHint === gaugeHint) return 'histogram_is_gauge';
    if (!isCustom && !(this.#schema >= minSchema && this.#schema <= maxSchema)) {
      return 'histogram_invalid';
    }
    const positive = bucketsOf(this.#positive);
    const negative = bucketsOf(this.#negative);
    if (positive === undefined || negative === undefined || !(this.#zeroCount >= 0)) {
      return 'histogram_invalid';
    }
    if (isCustom ? !this.#fitsBounds(positive, negative) : !this.#fitsDoubles(positive, negative)) {
      return 'bucket_out_of_range';
    }
    const total = positive.total + negative.total + this.#zeroCount;
    if (!(Math.max(this.#count, total) <= Number.MAX_SAFE_INTEGER)) return 'count_out_of_range';
    // What is not a number is counted, but lies in no bucket. Float buckets round.
    if (this.#count < total * (1 - 1e-9)) return 'count_mismatch';
    const { builder, limits } = this.#sink;
    const sum = Number.isFinite(this.#sum) ? this.#sum : NaN;
    const startUs = this.#startMs > 0 ? this.#startMs * 1000 : startTimeUs;
    const scale = isCustom ? 0 : this.#schema;
    builder.addHistogram(series, this.#timeMs * 1000, startUs, total, sum, NaN, NaN, scale);
    const shift = isCustom ? 0 : 1;
    for (let i = negative.indexes.length - 1; i >= 0; i--) {
      builder.addBucket(-1, negative.indexes[i]! - shift, negative.counts[i]!);
    }
    if (!isCustom) builder.addBucket(0, 0, this.#zeroCount);
    for (let i = 0; i < positive.indexes.length; i++) {
      builder.addBucket(1, positive.indexes[i]! - shift, positive.counts[i]!);
    }
    if (builder.bucketLength > limits.maxBuckets) {
      throw limitExceeded('maxBuckets', limits.maxBuckets);
    }
    return undefined;
  }

  #fitsBounds(positive: Buckets, negative: Buckets): boolean {
    const { values, length } = this.#bounds;
    if (negative.indexes.length > 0 || this.#zeroCount !== 0) return false;
    return areAscending(values, length) && positive.indexes.every((i) => i >= 0 && i <= length);
  }

  #fitsDoubles(...sides: readonly Buckets[]): boolean {
    const perPowerOfTwo = 2 ** this.#schema;
    const lowest = Math.floor(minExponent * perPowerOfTwo);
    const highest = Math.ceil(maxExponent * perPowerOfTwo);
    return sides.every(({ indexes }) => indexes.every((i) => i >= lowest && i <= highest));
  }

  #clear(): void {
    this.#positive.clear();
    this.#negative.clear();
    this.#bounds.clear();
    this.#count = 0;
    this.#sum = 0;
    this.#isStale = false;
    this.#schema = 0;
    this.#zeroCount = 0;
    this.#resetHint = 0;
    this.#timeMs = 0;
    this.#startMs = 0;
  }

  /** Everything but the buckets; false when the field is something else. */
  #readHead(tag: number, end: number): boolean {
    const reader = this.#reader;
    switch (tag) {
      case tags.countInt:
        this.#count = reader.uint64(end);
        return true;
      case tags.countFloat:
        this.#count = reader.double(end);
        return true;
      case tags.sum:
        reader.fixed64(end);
        this.#isStale = reader.high === staleHigh && reader.low === staleLow;
        this.#sum = reader.view.getFloat64(reader.pos - 8, true);
        return true;
      case tags.schema:
        this.#schema = reader.sint32(end);
        return true;
      case tags.zeroThreshold:
        reader.double(end);
        return true;
      case tags.zeroCountInt:
        this.#zeroCount = reader.uint64(end);
        return true;
      case tags.zeroCountFloat:
        this.#zeroCount = reader.double(end);
        return true;
      case tags.resetHint:
        this.#resetHint = reader.uint32(end);
        return true;
      case tags.timestamp:
        this.#timeMs = reader.int64(end);
        return true;
      case tags.startTimestamp:
        this.#startMs = reader.int64(end);
        return true;
      default:
        return false;
    }
  }

  #readBuckets(tag: number, end: number): boolean {
    const reader = this.#reader;
    const side = isNegative(tag) ? this.#negative : this.#positive;
    switch (tag) {
      case tags.negativeSpan:
      case tags.positiveSpan:
        this.#readSpan(side, reader.length(end));
        return true;
      case tags.negativeDelta:
      case tags.positiveDelta:
        side.deltas.push(reader.sint64(end));
        return true;
      case tags.negativeDeltas:
      case tags.positiveDeltas:
        for (const stop = reader.length(end); reader.pos < stop;) {
          side.deltas.push(reader.sint64(stop));
        }
        return true;
      case tags.negativeCount:
      case tags.positiveCount:
        side.counts.push(reader.double(end));
        return true;
      case tags.negativeCounts:
      case tags.positiveCounts:
        for (const stop = reader.length(end); reader.pos < stop;) {
          side.counts.push(reader.double(stop));
        }
        return true;
      case tags.customValue:
        this.#bounds.push(reader.double(end));
        return true;
      case tags.customValues:
        for (const stop = reader.length(end); reader.pos < stop;) {
          this.#bounds.push(reader.double(stop));
        }
        return true;
      default:
        return false;
    }
  }

  #readSpan(side: Side, end: number): void {
    const reader = this.#reader;
    let offset = 0;
    let length = 0;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === spanTags.offset) offset = reader.sint32(end);
      else if (tag === spanTags.length) length = reader.uint32(end);
      else reader.skipUnknown(tag, spanFields, end);
    }
    side.offsets.push(offset);
    side.lengths.push(length);
  }
}

function isNegative(tag: number): boolean {
  return tag >= tags.negativeSpan && tag <= tags.negativeCounts;
}

/** Unfolds spans and differences; undefined when they do not fit. Empty buckets are left out. */
function bucketsOf({ offsets, lengths, deltas, counts }: Side): Buckets | undefined {
  const isFloat = counts.length > 0;
  if (isFloat && deltas.length > 0) return undefined;
  const given = isFloat ? counts : deltas;
  const indexes: number[] = [];
  const filled: number[] = [];
  let at = 0;
  let index = 0;
  let count = 0;
  let total = 0;
  for (let span = 0; span < offsets.length; span++) {
    const offset = offsets.values[span]!;
    // Only the first span may begin anywhere; the others follow what was before.
    if (span > 0 && offset < 0) return undefined;
    index += offset;
    for (let n = lengths.values[span]!; n > 0; n--, index++, at++) {
      if (at >= given.length) return undefined;
      count = isFloat ? given.values[at]! : count + given.values[at]!;
      if (!(count >= 0)) return undefined;
      if (count === 0) continue;
      indexes.push(index);
      filled.push(count);
      total += count;
    }
  }
  return at === given.length ? { indexes, counts: filled, total } : undefined;
}
