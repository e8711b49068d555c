import type { DecodeLimits } from '../../decode-options.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource, SeriesInterner } from '../../series-interner.js';
import type { RequestVisitor } from '../request-visitor.js';
import type { SpansSink } from '../spans-sink.js';
import type { JsonCursor, JsonObject } from './json-cursor.js';
import { readJsonSpan } from './read-json-span.js';
import { walkJsonRequest } from './walk-json-request.js';

const requestNames = { resources: 'resourceSpans', scopes: 'scopeSpans', items: 'spans' };

/** Reads the spans of an ExportTraceServiceRequest in parsed JSON. */
export class JsonTracesDecoder implements RequestVisitor<JsonObject> {
  readonly limits: DecodeLimits;
  readonly interner: SeriesInterner;
  readonly #cursor: JsonCursor;
  readonly #sink: SpansSink;

  constructor(cursor: JsonCursor, sink: SpansSink) {
    this.#cursor = cursor;
    this.#sink = sink;
    this.limits = sink.limits;
    this.interner = sink.interner;
  }

  readRequest(request: unknown): void {
    walkJsonRequest(this.#cursor, request, requestNames, this);
  }

  beginResource(resource: KnownResource | RejectionReason): void {
    this.#sink.beginResource(resource);
  }

  beginScope(): void {
    // Which library made a span says nothing about the service.
  }

  readItem(span: JsonObject): void {
    readJsonSpan(this.#cursor, span, this.#sink);
    this.#sink.take();
  }
}
