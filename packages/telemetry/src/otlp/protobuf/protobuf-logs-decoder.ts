import type { DecodeLimits } from '../../decode-options.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource, SeriesInterner } from '../../series-interner.js';
import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { LogsSink } from '../logs-sink.js';
import type { RequestVisitor } from '../request-visitor.js';
import { severityOf } from '../severity.js';
import { traceIdOf } from '../trace-id.js';
import { readAnyText, readStart } from './read-any-text.js';
import { readTime } from './read-time.js';
import { walkProtobufRequest } from './walk-protobuf-request.js';

const fields = {
  record: knownFields(1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12),
  keyValue: knownFields(1, 2),
};
/** Longer texts and keys than these are of no severity and no attribute that we know. */
const longestSeverityText = 32;
const longestKey = 32;

/** Reads the records of an ExportLogsServiceRequest. */
export class ProtobufLogsDecoder implements RequestVisitor<number> {
  readonly limits: DecodeLimits;
  readonly interner: SeriesInterner;
  readonly #reader: WireReader;
  readonly #sink: LogsSink;

  constructor(reader: WireReader, sink: LogsSink) {
    this.#reader = reader;
    this.#sink = sink;
    this.limits = sink.limits;
    this.interner = sink.interner;
  }

  readRequest(): void {
    walkProtobufRequest(this.#reader, this);
  }

  beginResource(resource: KnownResource | RejectionReason): void {
    this.#sink.beginResource(resource);
  }

  beginScope(): void {
    // Who logs is the resource; which library did it within does not matter here.
  }

  /** Reads what is cheap, and the texts afterwards if the severity makes them wanted. */
  readItem(end: number): void {
    const reader = this.#reader;
    const { draft } = this.#sink;
    const start = reader.pos;
    let severityNumber = 0;
    let severityText = '';
    draft.reset();
    while (reader.pos < end) {
      const tag = reader.tag(end);
      switch (tag) {
        case 0x09: // fixed64 time_unix_nano = 1
          draft.timeUs = readTime(reader, end);
          break;
        case 0x59: // fixed64 observed_time_unix_nano = 11
          draft.observedTimeUs = readTime(reader, end);
          break;
        case 0x10: // enum severity_number = 2
          severityNumber = reader.uint32(end);
          break;
        case 0x1a: // string severity_text = 3
          severityText = readStart(reader, end, longestSeverityText);
          break;
        case 0x2a: // AnyValue body = 5
        case 0x32: // repeated KeyValue attributes = 6
        case 0x4a: // bytes trace_id = 9
        case 0x52: // bytes span_id = 10
        case 0x62: // string event_name = 12
          reader.skipBytes(end);
          break;
        case 0x38: // uint32 dropped_attributes_count = 7
        case 0x45: // fixed32 flags = 8
          reader.skip(tag, end);
          break;
        default:
          reader.skipUnknown(tag, fields.record, end);
      }
    }
    draft.severity = severityOf(severityNumber, severityText);
    if (this.#sink.wantsTexts(draft.severity)) {
      reader.pos = start;
      this.#readTexts(end);
    }
    this.#sink.take();
  }

  #readTexts(end: number): void {
    const reader = this.#reader;
    const { draft, limits } = this.#sink;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x2a) draft.body = readAnyText(reader, reader.length(end), limits);
      else if (tag === 0x32) this.#readAttribute(reader.length(end));
      else if (tag === 0x4a) draft.traceId = this.#readTraceId(end);
      else if (tag === 0x62) draft.eventName = readStart(reader, end, limits.maxNameLength);
      else reader.skip(tag, end);
    }
  }

  #readTraceId(end: number): string {
    const reader = this.#reader;
    const from = reader.pos;
    const to = reader.skipBytes(end);
    // Its length takes one byte: with a longer one it would be no trace id.
    if (to - from !== 17) return '';
    return traceIdOf(reader.hex(from + 1, to));
  }

  #readAttribute(end: number): void {
    const reader = this.#reader;
    const { draft, limits } = this.#sink;
    let key = '';
    let from = -1;
    let to = -1;
    while (reader.pos < end) {
      const tag = reader.tag(end);
      if (tag === 0x0a) key = readStart(reader, end, longestKey);
      else if (tag === 0x12) {
        to = reader.length(end);
        from = reader.pos;
        reader.pos = to;
      } else reader.skipUnknown(tag, fields.keyValue, end);
    }
    if (from < 0 || !(key.startsWith('exception.') || key === 'event.name')) return;
    reader.pos = from;
    draft.takeAttribute(key, readAnyText(reader, to, limits));
    reader.pos = end;
  }
}
