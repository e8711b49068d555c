import type { BatchTexts } from '../batch-texts.js';
import { slotOfName, urlSlots } from '../span-attributes.js';
import type { SpanDraft } from '../span-draft.js';
import { hostOfUrl } from '../span-peer.js';
import type { SpansSink } from '../spans-sink.js';
import { timeMissing, unixMicrosecondsOfDecimal } from '../unix-microseconds.js';
import type { JsonCursor, JsonObject } from './json-cursor.js';

const kindNames: Readonly<Record<string, number>> = {
  SPAN_KIND_UNSPECIFIED: 0,
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
};
const statusNames: Readonly<Record<string, number>> = {
  STATUS_CODE_UNSET: 0,
  STATUS_CODE_OK: 1,
  STATUS_CODE_ERROR: 2,
};
const statusError = 2;

/** Reads a Span into the sink's draft, as `readSpan` does. */
export function readJsonSpan(
  cursor: JsonCursor,
  span: JsonObject,
  { draft, texts }: SpansSink,
): void {
  draft.reset();
  const hasTrace = readId(cursor, span, 'traceId', draft.trace);
  const hasSpan = readId(cursor, span, 'spanId', draft.span);
  const hasParent =
    cursor.string(span, 'parentSpanId') === '' ||
    readId(cursor, span, 'parentSpanId', draft.parent);
  draft.hasIds = hasTrace && hasSpan && hasParent;
  draft.name = texts.number(cursor.string(span, 'name'));
  draft.kind = readEnum(cursor, span, 'kind', kindNames);
  readTimes(cursor, span, draft);
  const status = cursor.message(span, 'status');
  if (status !== undefined) {
    draft.isError = cursor.at(
      'status',
      () => readEnum(cursor, status, 'code', statusNames) === statusError,
    );
  }
  cursor.eachMessage(span, 'attributes', (keyValue) =>
    readAttribute(cursor, keyValue, draft, texts),
  );
}

function readTimes(cursor: JsonCursor, span: JsonObject, draft: SpanDraft): void {
  const start = cursor.decimal(span, 'startTimeUnixNano');
  const end = cursor.decimal(span, 'endTimeUnixNano');
  draft.endTimeUs = end === '' ? timeMissing : unixMicrosecondsOfDecimal(end);
  draft.hasStart = start !== '' && BigInt(start) !== 0n;
  if (draft.hasStart && end !== '') draft.durationNs = Number(BigInt(end) - BigInt(start));
}

/** Hexadecimal digits into words, the most significant first. @returns whether it was an id */
function readId(cursor: JsonCursor, span: JsonObject, name: string, words: Uint32Array): boolean {
  const id = cursor.string(span, name);
  if (id.length !== words.length * 8 || !/^[0-9a-f]*$/i.test(id)) return false;
  for (let i = 0; i < words.length; i++) words[i] = parseInt(id.slice(i * 8, i * 8 + 8), 16);
  return true;
}

function readEnum(
  cursor: JsonCursor,
  object: JsonObject,
  name: string,
  names: Readonly<Record<string, number>>,
): number {
  const value = cursor.field(object, name);
  if (typeof value === 'string' && Object.hasOwn(names, value)) return names[value]!;
  return Math.max(0, cursor.integer(object, name, 0));
}

function readAttribute(
  cursor: JsonCursor,
  keyValue: JsonObject,
  draft: SpanDraft,
  texts: BatchTexts,
): void {
  const slot = slotOfName.get(cursor.string(keyValue, 'key'));
  if (slot === undefined) return;
  const value = cursor.message(keyValue, 'value');
  if (value === undefined) return;
  cursor.at('value', () => {
    const text = cursor.string(value, 'stringValue');
    const integer = cursor.field(value, 'intValue');
    if (integer !== undefined) {
      draft.setAttribute(slot, texts.number(String(cursor.int64Value(integer))));
    } else draft.setAttribute(slot, texts.number(urlSlots.has(slot) ? hostOfUrl(text) : text));
  });
}
