import { limitExceeded } from '../decode-options.js';
import { prometheusTypes } from '../prometheus/metric-types.js';
import type { PrometheusType } from '../prometheus/metric-types.js';
import type { RejectionReason } from '../rejection.js';
import { knownFields } from '../wire/known-fields.js';
import type { WireReader } from '../wire/wire-reader.js';
import { LabelBytes } from './label-bytes.js';
import { NativeHistogramReader } from './native-histogram-reader.js';
import type { SampleSink } from './sample-sink.js';

/** Tags of io.prometheus.write.v2's messages: field number × 8 + wire type. */
const request = { symbol: 0x22, timeseries: 0x2a } as const;
const timeSeries = {
  labelRef: 0x08,
  labelRefs: 0x0a,
  sample: 0x12,
  histogram: 0x1a,
  metadata: 0x2a,
  created: 0x30,
} as const;
const sample = { value: 0x09, timestamp: 0x10, start: 0x18 } as const;
const metadata = { type: 0x08 } as const;

/** How much larger than the largest request its labels may be, written out. */
const maxExpansion = 8;

const requestFields = knownFields(4, 5);
const timeSeriesFields = knownFields(1, 2, 3, 5, 6);
const sampleFields = knownFields(1, 2, 3);
const metadataFields = knownFields(1);

/**
 * Reads an io.prometheus.write.v2.Request: names and values of labels stand in a table, the series
 * refer to it, and say themselves of what type they are and since when they count.
 *
 * Source: prometheus/prompb/io/prometheus/write/v2/types.proto
 */
export function readRequestV2(reader: WireReader, sink: SampleSink): void {
  const symbols = readSymbols(reader);
  const series = new SeriesReader(reader, sink, symbols);
  const end = reader.bytes.length;
  reader.pos = 0;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === request.timeseries) series.read(reader.length(end));
    else if (tag === request.symbol) reader.skipBytes(end);
    else reader.skipUnknown(tag, requestFields, end);
  }
}

/** Where each symbol lies in the request. */
interface Symbols {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly length: number;
}

/** Comes before the series from every sender, but need not. */
function readSymbols(reader: WireReader): Symbols {
  const end = reader.bytes.length;
  let from = new Uint32Array(256);
  let to = new Uint32Array(256);
  let length = 0;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag !== request.symbol) {
      reader.skip(tag, end);
      continue;
    }
    if (length === from.length) {
      from = doubled(from);
      to = doubled(to);
    }
    const stop = reader.length(end);
    from[length] = reader.pos;
    to[length] = stop;
    length++;
    reader.pos = stop;
  }
  return { from, to, length };
}

/** Reads TimeSeries, one after the other. */
class SeriesReader {
  readonly #reader: WireReader;
  readonly #sink: SampleSink;
  readonly #symbols: Symbols;
  readonly #histograms: NativeHistogramReader;
  readonly #labels = new LabelBytes();
  #refs = new Uint32Array(64);
  #refCount = 0;
  #type = 0;
  #startUs = 0;
  /** Why the series cannot be stored, if that is known without reading its labels. */
  #rejection: RejectionReason | undefined;
  /** Bytes of labels written so far. */
  #written = 0;

  constructor(reader: WireReader, sink: SampleSink, symbols: Symbols) {
    this.#reader = reader;
    this.#sink = sink;
    this.#symbols = symbols;
    this.#histograms = new NativeHistogramReader(reader, sink);
  }

  read(end: number): void {
    const reader = this.#reader;
    const from = reader.pos;
    this.#readHead(end);
    this.#writeLabels();
    reader.pos = from;
    let number: number | RejectionReason | undefined;
    let native: number | RejectionReason | undefined;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === timeSeries.sample) {
        number ??= this.#resolve(false);
        this.#readSample(number, reader.length(end));
      } else if (tag === timeSeries.histogram) {
        this.#histograms.read(reader.length(end));
        const { bounds } = this.#histograms;
        if (bounds === undefined) native ??= this.#resolve(true);
        this.#histograms.add(
          bounds === undefined ? native! : this.#resolveWithBounds(bounds),
          this.#startUs,
        );
      } else reader.skip(tag, end);
    }
  }

  /** Everything that the samples need, which comes after them. */
  #readHead(end: number): void {
    const reader = this.#reader;
    this.#refCount = 0;
    this.#type = 0;
    this.#startUs = 0;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === timeSeries.labelRefs) {
        for (const stop = reader.length(end); reader.pos < stop;) this.#addRef(reader.uint32(stop));
      } else if (tag === timeSeries.labelRef) this.#addRef(reader.uint32(end));
      else if (tag === timeSeries.metadata) this.#readMetadata(reader.length(end));
      else if (tag === timeSeries.created) this.#startUs = startUsOf(reader.int64(end));
      else if (tag === timeSeries.sample || tag === timeSeries.histogram) reader.skipBytes(end);
      else reader.skipUnknown(tag, timeSeriesFields, end);
    }
    if (this.#refCount % 2 !== 0) reader.fail('a label has a name, but no value');
  }

  #addRef(ref: number): void {
    if (ref >= this.#symbols.length) this.#reader.fail(`there is no symbol ${ref}`);
    if (this.#refCount === this.#refs.length) this.#refs = doubled(this.#refs);
    this.#refs[this.#refCount++] = ref;
  }

  #readMetadata(end: number): void {
    const reader = this.#reader;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === metadata.type) this.#type = reader.uint32(end);
      else reader.skipUnknown(tag, metadataFields, end);
    }
  }

  /**
   * Writes the labels out, as remote write 1.0 has them: the same in every request.
   *
   * A few references can name a large symbol many times, so what is written is bounded.
   */
  #writeLabels(): void {
    const { from, to } = this.#symbols;
    const { maxAttributes, maxAttributeLength, maxBytes } = this.#sink.limits;
    this.#labels.clear();
    this.#rejection = undefined;
    if (this.#refCount / 2 > maxAttributes + 1) {
      this.#rejection = 'too_many_attributes';
      return;
    }
    for (let i = 0; i < this.#refCount; i++) {
      const ref = this.#refs[i]!;
      // No UTF-16 unit takes more than three bytes.
      if (to[ref]! - from[ref]! > maxAttributeLength * 3) {
        this.#rejection = 'attribute_too_long';
        return;
      }
    }
    for (let i = 0; i < this.#refCount; i += 2) {
      const name = this.#refs[i]!;
      const value = this.#refs[i + 1]!;
      const { bytes } = this.#reader;
      this.#labels.add(bytes, from[name]!, to[name]!, from[value]!, to[value]!);
    }
    this.#written += this.#labels.length;
    if (this.#written > maxBytes * maxExpansion) throw limitExceeded('maxBytes', maxBytes);
  }

  #resolve(isNative: boolean): number | RejectionReason {
    if (this.#rejection !== undefined) return this.#rejection;
    const { series } = this.#sink;
    const type = this.#told();
    const context = (type === 'unknown' ? 0 : this.#type * 2) + (isNative ? 1 : 0);
    const { view, length } = this.#labels;
    const known = series.find(context, view, 0, length);
    if (known >= 0) return this.#sink.indexOf(known);
    const labels = this.#readLabels();
    const number = typeof labels === 'string' ? labels : series.resolve(labels, { type, isNative });
    if (typeof number === 'string') return number;
    series.remember(context, view, 0, length, number);
    return this.#sink.indexOf(number);
  }

  #resolveWithBounds(bounds: readonly number[]): number | RejectionReason {
    const labels = this.#readLabels();
    if (typeof labels === 'string') return labels;
    const hints = { type: this.#told(), isNative: true, bounds };
    const number = this.#sink.series.resolve(labels, hints);
    return typeof number === 'string' ? number : this.#sink.indexOf(number);
  }

  #told(): PrometheusType {
    return prometheusTypes[this.#type] ?? 'unknown';
  }

  #readLabels(): Map<string, string> | RejectionReason {
    if (this.#rejection !== undefined) return this.#rejection;
    const { from, to } = this.#symbols;
    const labels = new Map<string, string>();
    for (let i = 0; i < this.#refCount; i += 2) {
      const name = this.#refs[i]!;
      const value = this.#refs[i + 1]!;
      const label = this.#reader.text(from[name]!, to[name]!);
      if (label === '' || labels.has(label)) return 'labels_invalid';
      const text = this.#reader.text(from[value]!, to[value]!);
      if (text !== '') labels.set(label, text);
    }
    return labels;
  }

  #readSample(index: number | RejectionReason, end: number): void {
    const reader = this.#reader;
    let value = 0;
    let timeMs = 0;
    let startUs = this.#startUs;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === sample.value) value = reader.double(end);
      else if (tag === sample.timestamp) timeMs = reader.int64(end);
      else if (tag === sample.start) startUs = startUsOf(reader.int64(end));
      else reader.skipUnknown(tag, sampleFields, end);
    }
    if (typeof index === 'number') this.#sink.takeNumber(index, timeMs, startUs, value);
    else this.#sink.rejectAll(index, 1);
  }
}

/** A start that is absent or absurd is unknown, which 0 says; the measurement still counts. */
function startUsOf(ms: number): number {
  const us = ms * 1000;
  return us > 0 && us <= Number.MAX_SAFE_INTEGER ? us : 0;
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
