import type { DecodeLimits } from '../../decode-options.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource, SeriesInterner } from '../../series-interner.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { RequestVisitor } from '../request-visitor.js';
import type { SpansSink } from '../spans-sink.js';
import { readSpan } from './read-span.js';
import { walkProtobufRequest } from './walk-protobuf-request.js';

/** Reads the spans of an ExportTraceServiceRequest. */
export class ProtobufTracesDecoder implements RequestVisitor<number> {
  readonly limits: DecodeLimits;
  readonly interner: SeriesInterner;
  readonly #reader: WireReader;
  readonly #sink: SpansSink;

  constructor(reader: WireReader, sink: SpansSink) {
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
    // Which library made a span says nothing about the service.
  }

  readItem(end: number): void {
    readSpan(this.#reader, end, this.#sink);
    this.#sink.take();
  }
}
