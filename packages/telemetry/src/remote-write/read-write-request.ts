import type { Kernel } from '../kernel/kernel.js';
import { prometheusTypes } from '../prometheus/metric-types.js';
import type { MetricTypes, PrometheusType } from '../prometheus/metric-types.js';
import type { RejectionReason } from '../rejection.js';
import { knownFields } from '../wire/known-fields.js';
import type { WireReader } from '../wire/wire-reader.js';
import { followSamples } from './follow-samples.js';
import type { SeriesHints } from './label-series.js';
import { NativeHistogramReader } from './native-histogram-reader.js';
import type { SampleSink } from './sample-sink.js';

/** Tags of prompb's messages: field number × 8 + wire type. */
const request = { timeseries: 0x0a, metadata: 0x1a } as const;
const timeSeries = { label: 0x0a, sample: 0x12, histogram: 0x22 } as const;
const label = { name: 0x0a, value: 0x12 } as const;
const sample = { value: 0x09, timestamp: 0x10 } as const;
const metadata = { type: 0x08, family: 0x12 } as const;

const requestFields = knownFields(1, 3);
const timeSeriesFields = knownFields(1, 2, 4);
const labelFields = knownFields(1, 2);
const sampleFields = knownFields(1, 2);
const metadataFields = knownFields(1, 2);

/** Contexts of the raw labels: the same labels name another series when native histograms come. */
const asNumber = 0;
const asNative = 1;
const numbers: SeriesHints = { type: 'unknown', isNative: false };
const natives: SeriesHints = { type: 'unknown', isNative: true };

/**
 * Reads a prometheus.WriteRequest.
 *
 * @param kernel holds the message; undefined: it is too large for one
 * Source: prometheus/prompb/remote.proto and types.proto
 */
export function readWriteRequest(
  reader: WireReader,
  sink: SampleSink,
  known: MetricTypes,
  kernel: Kernel | undefined,
): void {
  const series = new TimeSeriesReader(reader, sink);
  const end = reader.bytes.length;
  while (reader.pos < end) {
    if (kernel && followSamples(kernel, asNumber, reader, sink)) continue;
    const tag = reader.tag(end);
    if (tag === request.timeseries) series.read(reader.length(end));
    else if (tag === request.metadata) readMetadata(reader, known, reader.length(end));
    else reader.skipUnknown(tag, requestFields, end);
  }
}

/** Reads TimeSeries, one after the other. */
class TimeSeriesReader {
  readonly #reader: WireReader;
  readonly #sink: SampleSink;
  readonly #histograms: NativeHistogramReader;
  /** Where the message and the labels that it begins with lie. */
  #from = 0;
  #labelsEnd = 0;
  #end = 0;
  /** Whether more labels come after those: protobuf allows it, no sender does it. */
  #hasMoreLabels = false;

  constructor(reader: WireReader, sink: SampleSink) {
    this.#reader = reader;
    this.#sink = sink;
    this.#histograms = new NativeHistogramReader(reader, sink);
  }

  read(end: number): void {
    const reader = this.#reader;
    const sink = this.#sink;
    this.#end = end;
    this.#from = reader.pos;
    while (reader.pos < end && reader.bytes[reader.pos] === timeSeries.label) {
      reader.pos++;
      reader.skipBytes(end);
    }
    this.#labelsEnd = reader.pos;
    this.#hasMoreLabels = this.#findMoreLabels();
    reader.pos = this.#labelsEnd;
    let number: number | RejectionReason | undefined;
    let native: number | RejectionReason | undefined;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === timeSeries.sample) {
        number ??= this.#resolve(asNumber, numbers);
        readSample(reader, sink, number, reader.length(end));
      } else if (tag === timeSeries.histogram) {
        this.#histograms.read(reader.length(end));
        const { bounds } = this.#histograms;
        if (bounds === undefined) native ??= this.#resolve(asNative, natives);
        this.#histograms.add(bounds === undefined ? native! : this.#resolveWithBounds(bounds), 0);
      } else if (tag === timeSeries.label) reader.skipBytes(end);
      else reader.skipUnknown(tag, timeSeriesFields, end);
    }
  }

  #findMoreLabels(): boolean {
    const reader = this.#reader;
    const end = this.#end;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === timeSeries.label) return true;
      reader.skip(tag, end);
    }
    return false;
  }

  /** The series' index in this batch, or why it has none. Leaves the reader where it is. */
  #resolve(context: number, hints: SeriesHints): number | RejectionReason {
    const { series } = this.#sink;
    const { view } = this.#reader;
    const from = this.#from;
    const to = this.#labelsEnd;
    if (!this.#hasMoreLabels) {
      const known = series.find(context, view, from, to);
      if (known >= 0) return this.#sink.indexOf(known);
    }
    const labels = this.#readLabels();
    const number = typeof labels === 'string' ? labels : series.resolve(labels, hints);
    if (typeof number === 'string') return number;
    if (!this.#hasMoreLabels) series.remember(context, view, from, to, number);
    return this.#sink.indexOf(number);
  }

  /** Bounds are part of a series, so the labels alone do not name it. */
  #resolveWithBounds(bounds: readonly number[]): number | RejectionReason {
    const labels = this.#readLabels();
    if (typeof labels === 'string') return labels;
    const number = this.#sink.series.resolve(labels, { ...natives, bounds });
    return typeof number === 'string' ? number : this.#sink.indexOf(number);
  }

  #readLabels(): Map<string, string> | RejectionReason {
    const reader = this.#reader;
    const end = this.#end;
    const back = reader.pos;
    const labels = new Map<string, string>();
    let isTwice = false;
    let count = 0;
    reader.pos = this.#from;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag !== timeSeries.label) {
        reader.skip(tag, end);
        continue;
      }
      const labelEnd = reader.length(end);
      count++;
      let name = '';
      let value = '';
      while (reader.pos < labelEnd) {
        const part = reader.tag(labelEnd);
        if (part === label.name) name = reader.string(labelEnd);
        else if (part === label.value) value = reader.string(labelEnd);
        else reader.skipUnknown(part, labelFields, labelEnd);
      }
      if (labels.has(name)) isTwice = true;
      // In Prometheus a label without a value is the same as none.
      if (value !== '') labels.set(name, value);
    }
    reader.pos = back;
    if (count > this.#sink.limits.maxAttributes + 1) return 'too_many_attributes';
    return isTwice || labels.has('') ? 'labels_invalid' : labels;
  }
}

function readSample(
  reader: WireReader,
  sink: SampleSink,
  index: number | RejectionReason,
  end: number,
): void {
  let value = 0;
  let timeMs = 0;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === sample.value) value = reader.double(end);
    else if (tag === sample.timestamp) timeMs = reader.int64(end);
    else reader.skipUnknown(tag, sampleFields, end);
  }
  if (typeof index === 'number') sink.takeNumber(index, timeMs, 0, value);
  else sink.rejectAll(index, 1);
}

function readMetadata(reader: WireReader, known: MetricTypes, end: number): void {
  let type: PrometheusType = 'unknown';
  let family = '';
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === metadata.type) type = prometheusTypes[reader.uint32(end)] ?? 'unknown';
    else if (tag === metadata.family) family = reader.string(end);
    else reader.skipUnknown(tag, metadataFields, end);
  }
  known.learn(family, type);
}
