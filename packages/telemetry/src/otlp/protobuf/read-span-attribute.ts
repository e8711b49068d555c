import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { BatchTexts } from '../batch-texts.js';
import { slotOfName, slotsOf, urlSlots } from '../span-attributes.js';
import type { SpanDraft } from '../span-draft.js';
import { hostOfUrl } from '../span-peer.js';

const keyValueFields = knownFields(1, 2);
const anyValueFields = knownFields(1, 2, 3, 4, 5, 6, 7);

const addressSlots = slotsOf('address');

/** The names that are read, as bytes, by their length: most attributes are told by that alone. */
const namesByLength = groupNames();

/** Reads one KeyValue of a span into the draft when it is one of those that matter. */
export function readSpanAttribute(
  reader: WireReader,
  end: number,
  draft: SpanDraft,
  texts: BatchTexts,
): void {
  let slot = -1;
  let from = 0;
  let to = -1;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) {
      const stop = reader.length(end);
      slot = slotOf(reader, stop);
      reader.pos = stop;
    } else if (tag === 0x12) {
      to = reader.length(end);
      from = reader.pos;
      reader.pos = to;
    } else reader.skipUnknown(tag, keyValueFields, end);
  }
  if (slot < 0 || to < 0) return;
  const isUrl = urlSlots.has(slot);
  // A URL differs in every span, so that reading it costs more than all else, and an address goes first.
  if (isUrl && addressSlots.some((address) => draft.attribute(address) !== 0)) return;
  reader.pos = from;
  draft.setAttribute(slot, readText(reader, to, texts, isUrl));
  reader.pos = end;
}

/** The number of an AnyValue's text; of an integer, its decimal digits; of all else 0. */
function readText(reader: WireReader, end: number, texts: BatchTexts, isUrl: boolean): number {
  let text = 0;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) {
      const to = reader.length(end);
      const from = reader.pos;
      reader.pos = to;
      text = isUrl
        ? texts.number(hostOfUrl(reader.text(from, to)))
        : texts.numberOfBytes(reader, from, to);
    } else if (tag === 0x18) text = texts.number(readInteger(reader, end));
    else {
      if ((tag & 7) === 2 && tag >>> 3 <= 7) reader.skipBytes(end);
      else if (tag === 0x10 || tag === 0x21) reader.skip(tag, end);
      else {
        reader.skipUnknown(tag, anyValueFields, end);
        continue;
      }
      text = 0; // Of a oneof the last field counts.
    }
  }
  return text;
}

/** An int64 in decimal digits. */
function readInteger(reader: WireReader, end: number): string {
  reader.varint(end);
  if (reader.high === 0) return String(reader.low);
  return String(BigInt.asIntN(64, (BigInt(reader.high) << 32n) | BigInt(reader.low)));
}

function slotOf(reader: WireReader, end: number): number {
  const from = reader.pos;
  const candidates = namesByLength[end - from];
  if (candidates === undefined) return -1;
  for (const { slot, bytes } of candidates) {
    if (holds(reader.bytes, end, bytes)) return slot;
  }
  return -1;
}

/** Backwards, since names of one length tend to begin alike. */
function holds(within: Uint8Array, end: number, bytes: Uint8Array): boolean {
  for (let i = bytes.length - 1, at = end - 1; i >= 0; i--, at--) {
    if (within[at] !== bytes[i]) return false;
  }
  return true;
}

function groupNames(): readonly (readonly { slot: number; bytes: Uint8Array }[])[] {
  const groups: { slot: number; bytes: Uint8Array }[][] = [];
  for (const [name, slot] of slotOfName) {
    const bytes = new TextEncoder().encode(name);
    (groups[bytes.length] ??= []).push({ slot, bytes });
  }
  return groups;
}
