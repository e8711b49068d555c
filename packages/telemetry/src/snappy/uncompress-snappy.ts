import { limitExceeded } from '../decode-options.js';
import { TelemetryError } from '../telemetry-error.js';

/** Kinds of element: the low two bits of its first byte. */
const literal = 0;
const copyOneByte = 1;
const copyTwoBytes = 2;
/** Shorter runs are copied faster byte by byte than by a call. Measured. */
const longRun = 32;
/** The declared length is a varint of 32 bits. */
const maxLengthBytes = 5;

/**
 * The length that a snappy block says it has, uncompressed.
 *
 * Ask before making room: nothing has been allocated yet.
 *
 * Units:  bytes
 *
 * @throws {TelemetryError} `TELEMETRY_MALFORMED` when there is no such number.
 */
export function snappyLength(block: Uint8Array): number {
  return readLength(block).length;
}

/**
 * Uncompresses a snappy block, the format without framing that remote write uses.
 *
 * Nothing is allocated beyond the declared length, and that only when it is allowed: a small block
 * that claims to be large costs nothing.
 *
 * @param room used instead of new memory where it is large enough; its bytes are the result's
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 *
 * @throws {TelemetryError} `TELEMETRY_LIMIT` when it is longer than `maxBytes`;
 *   `TELEMETRY_MALFORMED` when it is no snappy block.
 */
export function uncompressSnappy(
  block: Uint8Array,
  maxBytes: number,
  room?: Uint8Array,
): Uint8Array {
  const { length, from } = readLength(block);
  if (length > maxBytes) throw limitExceeded('maxBytes', maxBytes);
  // The most that an element can make of its bytes: 64 bytes out of three. Less than that is a lie.
  if (length > (block.length - from) * 22) malformed('it is shorter than it says', 0);
  // Not zeroed first: every byte is written, or the block is refused.
  const out =
    room && room.length >= length ? room.subarray(0, length) : Buffer.allocUnsafeSlow(length);
  const words = new DataView(out.buffer, out.byteOffset, length);
  const end = block.length;
  let at = from;
  let to = 0;
  while (at < end) {
    const start = at;
    const tag = block[at++]!;
    const kind = tag & 3;
    if (kind === literal) {
      let run = (tag >>> 2) + 1;
      if (run > 60) {
        const bytes = run - 60;
        run = 1;
        for (let i = 0; i < bytes; i++) run += (block[at + i] ?? NaN) * 2 ** (8 * i);
        at += bytes;
      }
      // A length that was cut is NaN, for which no comparison holds.
      if (!(at + run <= end && to + run <= length)) malformed('a literal is cut off', start);
      if (run > longRun) out.set(block.subarray(at, at + run), to);
      else for (let i = 0; i < run; i++) out[to + i] = block[at + i]!;
      at += run;
      to += run;
      continue;
    }
    let run = (tag >>> 2) + 1;
    let offset: number;
    if (kind === copyOneByte) {
      run = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) + (block[at] ?? NaN);
      at += 1;
    } else if (kind === copyTwoBytes) {
      offset = (block[at] ?? NaN) + (block[at + 1] ?? NaN) * 256;
      at += 2;
    } else {
      offset = 0;
      for (let i = 0; i < 4; i++) offset += (block[at + i] ?? NaN) * 2 ** (8 * i);
      at += 4;
    }
    if (!(offset > 0 && offset <= to)) malformed('a copy reaches before the beginning', start);
    if (to + run > length) malformed('it is longer than it says', start);
    const stop = to + run;
    let source = to - offset;
    // A copy may overlap what it writes, which repeats a pattern: no more at once than lies between.
    if (offset >= 4) {
      for (; to + 4 <= stop; to += 4, source += 4) words.setInt32(to, words.getInt32(source));
    }
    while (to < stop) out[to++] = out[source++]!;
  }
  if (to !== length) malformed('it is shorter than it says', end);
  return out;
}

function readLength(block: Uint8Array): { length: number; from: number } {
  let length = 0;
  for (let i = 0; i < maxLengthBytes; i++) {
    const byte = block[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      if (length >= 2 ** 32) break;
      return { length, from: i + 1 };
    }
  }
  return malformed('it does not begin with its length', 0);
}

function malformed(what: string, offset: number): never {
  throw new TelemetryError(
    'TELEMETRY_MALFORMED',
    `The request is not a snappy block: ${what} (at byte ${offset}). Remote write uses snappy's block format, without framing.`,
    { offset },
  );
}
