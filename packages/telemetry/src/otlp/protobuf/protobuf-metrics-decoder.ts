import type { DecodeLimits } from '../../decode-options.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource, SeriesInterner } from '../../series-interner.js';
import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import { pointAttributeLimits } from '../attribute-limits.js';
import type { MetricsSink, OtlpMetricKind } from '../metrics-sink.js';
import type { PointDraft } from '../point-draft.js';
import type { RequestVisitor } from '../request-visitor.js';
import { temporalityOf } from '../temporality-of.js';
import { ProtobufAttributes } from './protobuf-attributes.js';
import { readExponentialHistogramPoint } from './read-exponential-histogram-point.js';
import { readHistogramPoint } from './read-histogram-point.js';
import { readNumberPoint } from './read-number-point.js';
import { readSummaryPoint } from './read-summary-point.js';
import { walkProtobufRequest } from './walk-protobuf-request.js';

type ReadPoint = (
  reader: WireReader,
  end: number,
  draft: PointDraft,
  attributes: ProtobufAttributes,
) => void;

interface DataField {
  readonly tag: number;
  readonly kind: OtlpMetricKind;
  readonly readPoint: ReadPoint;
}

/** The oneof `data` of Metric. */
const dataFields: readonly DataField[] = [
  { tag: 0x2a, kind: 'gauge', readPoint: readNumberPoint },
  { tag: 0x3a, kind: 'sum', readPoint: readNumberPoint },
  { tag: 0x4a, kind: 'histogram', readPoint: readHistogramPoint },
  { tag: 0x52, kind: 'exponential_histogram', readPoint: readExponentialHistogramPoint },
  { tag: 0x5a, kind: 'summary', readPoint: readSummaryPoint },
];

const fields = {
  metric: knownFields(1, 2, 3, 5, 7, 9, 10, 11),
  data: knownFields(1, 2, 3),
};

/** Reads the metrics of an ExportMetricsServiceRequest. */
export class ProtobufMetricsDecoder implements RequestVisitor<number> {
  readonly limits: DecodeLimits;
  readonly interner: SeriesInterner;
  readonly #reader: WireReader;
  readonly #sink: MetricsSink;
  readonly #attributes: ProtobufAttributes;

  constructor(reader: WireReader, sink: MetricsSink) {
    this.#reader = reader;
    this.#sink = sink;
    this.#attributes = new ProtobufAttributes(reader, pointAttributeLimits(sink.limits));
    this.limits = sink.limits;
    this.interner = sink.interner;
  }

  readRequest(): void {
    walkProtobufRequest(this.#reader, this);
  }

  beginResource(resource: KnownResource | RejectionReason): void {
    this.#sink.beginResource(resource);
  }

  beginScope(name: string): void {
    this.#sink.beginScope(name);
  }

  readItem(end: number): void {
    const reader = this.#reader;
    let name = '';
    let unit = '';
    let data: DataField | undefined;
    let dataStart = 0;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x0a) name = reader.string(end);
      else if (tag === 0x1a) unit = reader.string(end);
      else if (tag === 0x12) reader.skipBytes(end);
      else {
        const field = dataField(tag);
        if (field === undefined) {
          reader.skipUnknown(tag, fields.metric, end);
          continue;
        }
        // Of a oneof the last field counts; the same one again adds to it.
        if (field !== data) dataStart = reader.tagStart;
        data = field;
        reader.skipBytes(end);
      }
    }
    if (data !== undefined) this.#readData(name, unit, data, dataStart, end);
    reader.pos = end;
  }

  #readData(name: string, unit: string, data: DataField, start: number, end: number): void {
    const reader = this.#reader;
    let temporality = 0;
    let monotonic = 0;
    reader.pos = start;
    for (let to = this.#nextData(data, end); to >= 0; to = this.#nextData(data, end)) {
      while (reader.pos < to) {
        const tag = reader.tag(to);
        if (tag === 0x0a) reader.skipBytes(to);
        else if (tag === 0x10) temporality = reader.uint32(to);
        else if (tag === 0x18) monotonic = reader.uint32(to);
        else reader.skipUnknown(tag, fields.data, to);
      }
    }
    this.#sink.beginMetric({
      name,
      unit,
      kind: data.kind,
      temporality: temporalityOf(temporality),
      monotonic: monotonic !== 0,
    });
    reader.pos = start;
    for (let to = this.#nextData(data, end); to >= 0; to = this.#nextData(data, end)) {
      this.#readPoints(data.readPoint, to);
    }
  }

  /** Goes to the content of the next such field of a Metric; returns its end, or -1. */
  #nextData(data: DataField, end: number): number {
    const reader = this.#reader;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === data.tag) return reader.length(end);
      reader.skip(tag, end);
    }
    return -1;
  }

  #readPoints(readPoint: ReadPoint, end: number): void {
    const reader = this.#reader;
    const sink = this.#sink;
    const attributes = this.#attributes;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag !== 0x0a) {
        reader.skip(tag, end);
        continue;
      }
      readPoint(reader, reader.length(end), sink.draft, attributes);
      sink.take(attributes);
    }
  }
}

function dataField(tag: number): DataField | undefined {
  for (const field of dataFields) if (field.tag === tag) return field;
  return undefined;
}
