import type { DecodeLimits } from '../../decode-options.js';
import type { RejectionReason } from '../../rejection.js';
import type { KnownResource, SeriesInterner } from '../../series-interner.js';
import { cutText } from '../cut-text.js';
import type { LogsSink } from '../logs-sink.js';
import type { RequestVisitor } from '../request-visitor.js';
import { severityOf } from '../severity.js';
import { traceIdOf } from '../trace-id.js';
import { timeMissing, unixMicrosecondsOfDecimal } from '../unix-microseconds.js';
import { jsonAnyValue } from './json-attributes.js';
import type { JsonCursor, JsonObject } from './json-cursor.js';
import { walkJsonRequest } from './walk-json-request.js';

const requestNames = { resources: 'resourceLogs', scopes: 'scopeLogs', items: 'logRecords' };

/** Reads the records of an ExportLogsServiceRequest in parsed JSON. */
export class JsonLogsDecoder implements RequestVisitor<JsonObject> {
  readonly limits: DecodeLimits;
  readonly interner: SeriesInterner;
  readonly #cursor: JsonCursor;
  readonly #sink: LogsSink;

  constructor(cursor: JsonCursor, sink: LogsSink) {
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
    // Who logs is the resource; which library did it within does not matter here.
  }

  readItem(record: JsonObject): void {
    const cursor = this.#cursor;
    const { draft } = this.#sink;
    draft.reset();
    draft.timeUs = this.#time(record, 'timeUnixNano');
    draft.observedTimeUs = this.#time(record, 'observedTimeUnixNano');
    draft.severity = this.#severity(record);
    if (this.#sink.wantsTexts(draft.severity)) {
      draft.body = this.#text(record, 'body');
      draft.eventName = cursor.string(record, 'eventName');
      draft.traceId = traceIdOf(cursor.string(record, 'traceId'));
      cursor.eachMessage(record, 'attributes', (attribute) => {
        const key = cursor.string(attribute, 'key');
        if (!(key.startsWith('exception.') || key === 'event.name')) return;
        draft.takeAttribute(key, this.#text(attribute, 'value'));
      });
    }
    this.#sink.take();
  }

  #time(record: JsonObject, name: string): number {
    const nanoseconds = this.#cursor.decimal(record, name);
    return nanoseconds === '' ? timeMissing : unixMicrosecondsOfDecimal(nanoseconds);
  }

  /** The number may come as its name, `SEVERITY_NUMBER_ERROR2`, which holds the word that counts. */
  #severity(record: JsonObject): number {
    const cursor = this.#cursor;
    const number = cursor.field(record, 'severityNumber');
    const name = /^SEVERITY_NUMBER_([A-Z]+)([234]?)$/.exec(
      typeof number === 'string' ? number : '',
    );
    if (name) {
      const first = severityOf(0, name[1]!);
      return first === 0 ? first : first + Number(name[2] || 1) - 1;
    }
    return severityOf(
      cursor.integer(record, 'severityNumber', 0),
      cursor.string(record, 'severityText'),
    );
  }

  #text(object: JsonObject, name: string): string {
    const cursor = this.#cursor;
    const value = cursor.message(object, name);
    if (value === undefined) return '';
    const { limits } = this;
    return cursor.at(name, () => {
      const text = cursor.field(value, 'stringValue');
      if (text !== undefined) {
        // Cut first: half a character far beyond the cut is nobody's concern.
        return typeof text === 'string'
          ? cursor.text(cutText(text, limits.maxLogTextLength))
          : cursor.text(text);
      }
      const json = jsonAnyValue(cursor, value, {
        maxAttributes: limits.maxAttributes,
        maxLength: limits.maxResourceAttributeLength,
        maxDepth: limits.maxAttributeDepth,
      });
      return json === undefined || json === 'null' ? '' : json;
    });
  }
}
