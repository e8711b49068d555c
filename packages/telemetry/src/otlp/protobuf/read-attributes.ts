import type { CanonicalEntry } from '../../canonical-json.js';
import {
  canonicalBytes,
  canonicalDouble,
  canonicalInteger,
  canonicalObject,
} from '../../canonical-json.js';
import type { RejectionReason } from '../../rejection.js';
import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { AttributeLimits } from '../attribute-limits.js';

const two32 = 4294967296;
const keyValueFields = knownFields(1, 2);
const anyValueFields = knownFields(1, 2, 3, 4, 5, 6, 7);
const listFields = knownFields(1);

/**
 * Reads the repeated KeyValue field `field` between two positions as canonical entries, in the
 * order in which they were sent; other fields there are skipped. Moves the reader to `to`.
 */
export function readAttributes(
  reader: WireReader,
  field: number,
  from: number,
  to: number,
  limits: AttributeLimits,
): CanonicalEntry[] | RejectionReason {
  const values = new AnyValueReader(reader, limits);
  const entries: CanonicalEntry[] = [];
  const tagOfField = field * 8 + 2;
  reader.pos = from;
  while (reader.pos < to) {
    const tag = reader.tag(to);
    if (tag !== tagOfField) {
      reader.skipUnknown(tag, knownFields(field), to);
      continue;
    }
    if (entries.length === limits.maxAttributes) return 'too_many_attributes';
    const entry = values.keyValue(reader.length(to), 1);
    if (values.rejection !== undefined) return values.rejection;
    if (entry.key.length + entry.json.length > limits.maxLength) return 'attribute_too_long';
    entries.push(entry);
  }
  return entries;
}

/** Reads one AnyValue as canonical JSON; undefined when it is more than the limits allow. */
export function readAnyValue(
  reader: WireReader,
  end: number,
  limits: AttributeLimits,
): string | undefined {
  const values = new AnyValueReader(reader, limits);
  const json = values.value(end, 1);
  return values.rejection === undefined ? json : undefined;
}

/** Reads AnyValue messages as canonical JSON; once `rejection` is set, results mean nothing. */
class AnyValueReader {
  rejection: RejectionReason | undefined;
  readonly #reader: WireReader;
  readonly #limits: AttributeLimits;

  constructor(reader: WireReader, limits: AttributeLimits) {
    this.#reader = reader;
    this.#limits = limits;
  }

  keyValue(end: number, depth: number): CanonicalEntry {
    const reader = this.#reader;
    let key = '';
    let json = 'null';
    while (reader.pos < end && this.rejection === undefined) {
      const tag = reader.tag(end);
      if (tag === 0x0a) key = this.#text(end);
      else if (tag === 0x12) json = this.value(reader.length(end), depth);
      else reader.skipUnknown(tag, keyValueFields, end);
    }
    return { key, json };
  }

  value(end: number, depth: number): string {
    if (depth > this.#limits.maxDepth) return this.#reject('attribute_too_deep');
    const reader = this.#reader;
    let json = 'null';
    while (reader.pos < end && this.rejection === undefined) {
      const tag = reader.tag(end);
      switch (tag) {
        case 0x0a:
          json = JSON.stringify(this.#text(end));
          break;
        case 0x10:
          reader.varint(end);
          json = reader.low === 0 && reader.high === 0 ? 'false' : 'true';
          break;
        case 0x18:
          json = this.#integer(end);
          break;
        case 0x21:
          json = canonicalDouble(reader.double(end));
          break;
        case 0x2a:
          json = this.#array(reader.length(end), depth);
          break;
        case 0x32:
          json = this.#map(reader.length(end), depth);
          break;
        case 0x3a:
          json = this.#bytes(end);
          break;
        default:
          reader.skipUnknown(tag, anyValueFields, end);
      }
    }
    return json;
  }

  #text(end: number): string {
    const reader = this.#reader;
    const stop = reader.length(end);
    // A UTF-16 unit takes at most three bytes, so what is longer than this must be too long.
    if (stop - reader.pos > this.#limits.maxLength * 3) return this.#reject('attribute_too_long');
    const text = reader.text(reader.pos, stop);
    reader.pos = stop;
    return text;
  }

  #bytes(end: number): string {
    const reader = this.#reader;
    const stop = reader.length(end);
    if (stop - reader.pos > this.#limits.maxLength) return this.#reject('attribute_too_long');
    const json = canonicalBytes(reader.bytes.subarray(reader.pos, stop));
    reader.pos = stop;
    return json;
  }

  #integer(end: number): string {
    const reader = this.#reader;
    reader.varint(end);
    const high = reader.high | 0;
    const value = high * two32 + reader.low;
    if (Number.isSafeInteger(value)) return canonicalInteger(value);
    return canonicalInteger((BigInt(high) << 32n) | BigInt(reader.low));
  }

  #array(end: number, depth: number): string {
    const reader = this.#reader;
    const items: string[] = [];
    let length = 0;
    while (reader.pos < end && this.rejection === undefined) {
      const tag = reader.tag(end);
      if (tag !== 0x0a) {
        reader.skipUnknown(tag, listFields, end);
        continue;
      }
      const json = this.value(reader.length(end), depth + 1);
      length += json.length + 1;
      if (length > this.#limits.maxLength) return this.#reject('attribute_too_long');
      items.push(json);
    }
    return `[${items.join(',')}]`;
  }

  #map(end: number, depth: number): string {
    const reader = this.#reader;
    const entries: CanonicalEntry[] = [];
    let length = 0;
    while (reader.pos < end && this.rejection === undefined) {
      const tag = reader.tag(end);
      if (tag !== 0x0a) {
        reader.skipUnknown(tag, listFields, end);
        continue;
      }
      const entry = this.keyValue(reader.length(end), depth + 1);
      length += entry.key.length + entry.json.length + 4;
      if (length > this.#limits.maxLength) return this.#reject('attribute_too_long');
      entries.push(entry);
    }
    return canonicalObject(entries);
  }

  #reject(reason: RejectionReason): string {
    this.rejection ??= reason;
    return '';
  }
}
