import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { SpansSink } from '../spans-sink.js';
import { unixMicroseconds } from '../unix-microseconds.js';
import { readSpanAttribute } from './read-span-attribute.js';

const two32 = 4294967296;
const spanFields = knownFields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
const statusFields = knownFields(2, 3);
/** STATUS_CODE_ERROR */
const statusError = 2;

/** Reads a Span into the sink's draft: of its attributes those that matter, no events, no links. */
export function readSpan(reader: WireReader, end: number, { draft, texts }: SpansSink): void {
  draft.reset();
  let traceLength = 0;
  let spanLength = 0;
  let parentLength = 0;
  let startHigh = 0;
  let startLow = 0;
  let endHigh = 0;
  let endLow = 0;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case 0x0a:
        traceLength = readId(reader, end, draft.trace);
        break;
      case 0x12:
        spanLength = readId(reader, end, draft.span);
        break;
      case 0x22:
        parentLength = readId(reader, end, draft.parent);
        break;
      case 0x2a: {
        const to = reader.length(end);
        draft.name = texts.numberOfBytes(reader, reader.pos, to);
        reader.pos = to;
        break;
      }
      case 0x30:
        draft.kind = reader.uint32(end);
        break;
      case 0x39:
        reader.fixed64(end);
        startHigh = reader.high;
        startLow = reader.low;
        break;
      case 0x41:
        reader.fixed64(end);
        endHigh = reader.high;
        endLow = reader.low;
        break;
      case 0x4a:
        readSpanAttribute(reader, reader.length(end), draft, texts);
        break;
      case 0x7a:
        draft.isError = readStatus(reader, reader.length(end), draft.isError);
        break;
      // trace_state, events and links
      case 0x1a:
      case 0x5a:
      case 0x6a:
        reader.skipBytes(end);
        break;
      // Counts of what was dropped, and flags
      case 0x50:
      case 0x60:
      case 0x70:
      case 0x85:
        reader.skip(tag, end);
        break;
      default:
        reader.skipUnknown(tag, spanFields, end);
    }
  }
  draft.hasIds =
    traceLength === 16 && spanLength === 8 && (parentLength === 8 || parentLength === 0);
  draft.endTimeUs = unixMicroseconds(endHigh, endLow);
  draft.hasStart = startHigh !== 0 || startLow !== 0;
  draft.durationNs = (endHigh - startHigh) * two32 + (endLow - startLow);
}

/** Reads as many words as the id has, the most significant byte first; returns its length in bytes. */
function readId(reader: WireReader, end: number, words: Uint32Array): number {
  const to = reader.length(end);
  const from = reader.pos;
  reader.pos = to;
  if (to - from === words.length * 4) {
    for (let i = 0; i < words.length; i++) words[i] = reader.view.getUint32(from + i * 4);
  }
  return to - from;
}

function readStatus(reader: WireReader, end: number, wasError: boolean): boolean {
  let isError = wasError;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x18) isError = reader.uint32(end) === statusError;
    else if (tag === 0x12) reader.skipBytes(end);
    else reader.skipUnknown(tag, statusFields, end);
  }
  return isError;
}
