import { limitExceeded } from '../decode-options.js';
import { Kernel } from '../kernel/kernel.js';
import { TelemetryError } from '../telemetry-error.js';

/** The declared length is a varint of 32 bits. */
const maxLengthBytes = 5;
/** Blocks and messages up to this size share a kernel. */
const sharedBytes = 1024 * 1024;
/** What an element can have wrong: `assembly/uncompress.ts`. */
const faults = [
  '',
  'a literal is cut off',
  'a copy reaches before the beginning',
  'it is longer than it says',
  'it is shorter than it says',
];

let shared: Kernel | undefined;

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
 * Source: https://github.com/google/snappy/blob/main/format_description.txt
 *
 * @throws {TelemetryError} `TELEMETRY_LIMIT` when it is longer than `maxBytes`;
 *   `TELEMETRY_MALFORMED` when it is no snappy block.
 */
export function uncompressSnappy(block: Uint8Array, maxBytes: number): Uint8Array {
  const length = checkedLength(block, maxBytes);
  const isSmall = Math.max(length, block.length) <= sharedBytes;
  const kernel = isSmall
    ? (shared ??= new Kernel(sharedBytes, sharedBytes))
    : new Kernel(length, block.length);
  // The kernel's memory is used again; not zeroed first, since every byte is written.
  const out = Buffer.allocUnsafeSlow(length);
  out.set(uncompressInto(kernel, block, maxBytes));
  return out;
}

/**
 * The same, in the memory of a kernel that has room for it; valid as long as what the kernel holds.
 */
export function uncompressInto(kernel: Kernel, block: Uint8Array, maxBytes: number): Uint8Array {
  const length = checkedLength(block, maxBytes);
  const fault = kernel.uncompress(block, readLength(block).from, length);
  if (fault !== 0) malformed(faults[fault]!, kernel.stoppedInBlock);
  return kernel.message(length);
}

function checkedLength(block: Uint8Array, maxBytes: number): number {
  const { length, from } = readLength(block);
  if (length > maxBytes) throw limitExceeded('maxBytes', maxBytes);
  // The most that an element can make of its bytes: 64 bytes out of three. Less than that is a lie.
  if (length > (block.length - from) * 22) malformed('it is shorter than it says', 0);
  return length;
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
