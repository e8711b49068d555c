import type { DecodeLimits } from '../../decode-options.js';
import type { WireReader } from '../../wire/wire-reader.js';
import { cutText } from '../cut-text.js';
import { readAnyValue } from './read-attributes.js';

/** Reads the start of a text field, so many UTF-16 units at most. */
export function readStart(reader: WireReader, end: number, maxLength: number): string {
  const stop = reader.length(end);
  const text = textStart(reader, reader.pos, stop, maxLength);
  reader.pos = stop;
  return text;
}

/**
 * Reads an AnyValue as text: a string as it is, up to `maxLogTextLength`; anything else as canonical
 * JSON, or `''` when that is longer or nested deeper than attributes may be. Moves the reader to
 * `end`.
 */
export function readAnyText(reader: WireReader, end: number, limits: DecodeLimits): string {
  const start = reader.pos;
  // A string alone, which by far the most bodies are.
  if (start < end && reader.bytes[start] === 0x0a) {
    reader.pos = start + 1;
    const text = readStart(reader, end, limits.maxLogTextLength);
    if (reader.pos === end) return text;
    reader.pos = start;
  }
  const json = readAnyValue(reader, end, {
    maxAttributes: limits.maxAttributes,
    maxLength: limits.maxResourceAttributeLength,
    maxDepth: limits.maxAttributeDepth,
  });
  reader.pos = end;
  if (json === undefined || json === 'null') return '';
  return json.startsWith('"') ? (JSON.parse(json) as string) : json;
}

function textStart(reader: WireReader, from: number, to: number, maxLength: number): string {
  // A UTF-16 unit takes at most three bytes.
  let stop = Math.min(to, from + maxLength * 3);
  // Not within a character: those that go on begin with the bits 10, and there are three at most.
  while (stop < to && stop > from && (reader.bytes[stop]! & 0xc0) === 0x80) stop--;
  return cutText(reader.text(from, stop), maxLength);
}
