import { resourceFromEntries } from '../../describe-resource.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource } from '../../series-interner.js';
import { knownFields } from '../../wire/known-fields.js';
import { WireReader } from '../../wire/wire-reader.js';
import type { AttributeLimits } from '../attribute-limits.js';
import { pointAttributeLimits, resourceAttributeLimits } from '../attribute-limits.js';
import type { MetricsSink, OtlpMetricKind } from '../metrics-sink.js';
import type { PointDraft } from '../point-draft.js';
import { temporalityOf } from '../temporality-of.js';
import { ProtobufAttributes } from './protobuf-attributes.js';
import { readAttributes } from './read-attributes.js';
import { readExponentialHistogramPoint } from './read-exponential-histogram-point.js';
import { readHistogramPoint } from './read-histogram-point.js';
import { readNumberPoint } from './read-number-point.js';
import { readSummaryPoint } from './read-summary-point.js';

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
  request: knownFields(1),
  resourceMetrics: knownFields(1, 2, 3),
  resource: knownFields(1),
  scopeMetrics: knownFields(1, 2, 3),
  scope: knownFields(1),
  metric: knownFields(1, 2, 3, 5, 7, 9, 10, 11),
  data: knownFields(1, 2, 3),
};

/**
 * Walks an ExportMetricsServiceRequest. A message's fields may come in any order, and encoders do
 * put the resource, the name and the temporality after what they describe: so each message is
 * crossed once to find them, which skips nested messages whole, and once more to read the rest.
 * Nothing is noted down on the way, so that no message makes us keep more than itself.
 */
export class ProtobufMetricsDecoder {
  readonly #reader: WireReader;
  readonly #sink: MetricsSink;
  readonly #attributes: ProtobufAttributes;
  readonly #resourceLimits: AttributeLimits;

  constructor(reader: WireReader, sink: MetricsSink) {
    this.#reader = reader;
    this.#sink = sink;
    this.#attributes = new ProtobufAttributes(reader, pointAttributeLimits(sink.limits));
    this.#resourceLimits = resourceAttributeLimits(sink.limits);
  }

  readRequest(): void {
    const reader = this.#reader;
    const end = reader.bytes.length;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x0a) this.#readResourceMetrics(reader.length(end));
      else reader.skipUnknown(tag, fields.request, end);
    }
  }

  #readResourceMetrics(end: number): void {
    const reader = this.#reader;
    const start = reader.pos;
    let count = 0;
    let from = 0;
    let to = 0;
    let hasScopes = false;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x0a) {
        count++;
        to = reader.length(end);
        from = reader.pos;
        reader.pos = to;
      } else if (tag === 0x12 || tag === 0x1a) {
        hasScopes ||= tag === 0x12;
        reader.skipBytes(end);
      } else reader.skipUnknown(tag, fields.resourceMetrics, end);
    }
    if (!hasScopes) return;
    this.#sink.beginResource(
      count > 1
        ? this.#readResource(this.#joinedResource(start, end))
        : this.#readResource(reader, from, to),
    );
    reader.pos = start;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x12) this.#readScopeMetrics(reader.length(end));
      else reader.skip(tag, end);
    }
  }

  /** Protobuf merges a message that comes twice, which is what joining its bytes does. */
  #joinedResource(start: number, end: number): WireReader {
    const reader = this.#reader;
    const bytes = new Uint8Array(end - start);
    let length = 0;
    reader.pos = start;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x0a) {
        const to = reader.length(end);
        // Byte by byte: the parts may be tiny and many.
        for (let at = reader.pos; at < to; at++) bytes[length++] = reader.bytes[at]!;
        reader.pos = to;
      } else reader.skip(tag, end);
    }
    return new WireReader(bytes.subarray(0, length), start);
  }

  #readResource(
    reader: WireReader,
    from = 0,
    to = reader.bytes.length,
  ): KnownResource | RejectionReason {
    const { interner, limits } = this.#sink;
    const rawKey = reader.rawKey(from, to);
    const known = interner.resourceOfBytes(rawKey);
    if (known !== undefined) return known;
    const entries = readAttributes(reader, 1, from, to, this.#resourceLimits);
    if (typeof entries === 'string') return entries;
    if (interner.resourcesAdded >= limits.maxResources) return 'too_many_resources';
    const resource = interner.resource(resourceFromEntries(entries));
    interner.rememberResourceBytes(rawKey, resource);
    return resource;
  }

  #readScopeMetrics(end: number): void {
    const reader = this.#reader;
    const start = reader.pos;
    let scope = '';
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x0a) scope = this.#readScope(reader.length(end), scope);
      else if (tag === 0x12 || tag === 0x1a) reader.skipBytes(end);
      else reader.skipUnknown(tag, fields.scopeMetrics, end);
    }
    this.#sink.beginScope(scope);
    reader.pos = start;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x12) this.#readMetric(reader.length(end));
      else reader.skip(tag, end);
    }
  }

  #readScope(end: number, nameSoFar: string): string {
    const reader = this.#reader;
    let name = nameSoFar;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x0a) name = reader.string(end);
      else reader.skipUnknown(tag, fields.scope, end);
    }
    return name;
  }

  #readMetric(end: number): void {
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
