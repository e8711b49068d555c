import { TelemetryError } from '../telemetry-error.js';

/** Protobuf's wire types: the low three bits of a tag. */
const wireType = { varint: 0, fixed64: 1, bytes: 2, group: 3, endGroup: 4, fixed32: 5 } as const;

/** How deeply unknown groups may nest before we take them for an attack; protobuf's own limit. */
const maxGroupDepth = 100;
const two32 = 4294967296;

const fatalUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads protobuf's wire format in place: no copies, no objects, no allocation but for strings.
 *
 * Every read names the end of its message and fails with `TELEMETRY_MALFORMED` rather than cross
 * it. Known fields of an unexpected wire type are malformed, unknown fields are skipped.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export class WireReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where the next read starts. */
  pos = 0;
  /** Where the last tag started. */
  tagStart = 0;
  /** The last 64-bit number, in halves, each unsigned. */
  low = 0;
  high = 0;
  readonly #buffer: Buffer;
  readonly #origin: number;
  readonly #name: string;

  /**
   * @param origin offset of `bytes` in the request, for messages of errors.
   * @param name what the request is, for the same.
   */
  constructor(bytes: Uint8Array, origin = 0, name = 'OTLP metrics') {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#origin = origin;
    this.#name = name;
  }

  /** A reader of other bytes of the same request. @param origin where in it they come from */
  of(bytes: Uint8Array, origin: number): WireReader {
    return new WireReader(bytes, this.#origin + origin, this.#name);
  }

  /** The next tag: field number × 8 + wire type. */
  tag(end: number): number {
    const at = this.pos;
    this.tagStart = at;
    if (at < end) {
      const byte = this.bytes[at]!;
      // Fields 1 to 15, which is all of OTLP.
      if (byte < 0x80) {
        this.pos = at + 1;
        if (byte < 8) this.#failField(at);
        return byte;
      }
    }
    this.varint(end);
    if (this.high !== 0 || this.low < 8) this.#failField(at);
    return this.low;
  }

  /** Reads a varint into `low` and `high`. */
  varint(end: number): void {
    const { bytes } = this;
    let at = this.pos;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) this.fail('a number is cut off', this.pos);
      const byte = bytes[at++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 64) high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        this.pos = at;
        return;
      }
    }
    this.fail('a number has more than ten bytes', this.pos);
  }

  /** A varint as uint32: higher bits are dropped, as protobuf does. */
  uint32(end: number): number {
    const at = this.pos;
    if (at < end) {
      const byte = this.bytes[at]!;
      if (byte < 0x80) {
        this.pos = at + 1;
        return byte;
      }
    }
    this.varint(end);
    return this.low;
  }

  /** A varint as uint64, rounded to a number beyond 2^53. */
  uint64(end: number): number {
    const at = this.pos;
    if (at < end) {
      const byte = this.bytes[at]!;
      if (byte < 0x80) {
        this.pos = at + 1;
        return byte;
      }
    }
    this.varint(end);
    return this.high * two32 + this.low;
  }

  /** A varint as int64, rounded beyond ±2^53. */
  int64(end: number): number {
    this.varint(end);
    return (this.high | 0) * two32 + this.low;
  }

  /** A zigzag varint as sint32. */
  sint32(end: number): number {
    const value = this.uint32(end);
    return (value >>> 1) ^ -(value & 1);
  }

  /** A zigzag varint as sint64, rounded beyond ±2^53. */
  sint64(end: number): number {
    this.varint(end);
    const { low, high } = this;
    const half = (high >>> 1) * two32 + (((low >>> 1) | (high << 31)) >>> 0);
    return low & 1 ? -half - 1 : half;
  }

  /** Reads eight bytes into `low` and `high`. */
  fixed64(end: number): void {
    const at = this.pos;
    if (at + 8 > end) this.fail('a number is cut off', at);
    this.low = this.view.getUint32(at, true);
    this.high = this.view.getUint32(at + 4, true);
    this.pos = at + 8;
  }

  /** Eight bytes as an unsigned number, rounded beyond 2^53. */
  unsigned64(end: number): number {
    this.fixed64(end);
    return this.high * two32 + this.low;
  }

  /** Eight bytes as a signed number, rounded beyond ±2^53. */
  signed64(end: number): number {
    this.fixed64(end);
    return (this.high | 0) * two32 + this.low;
  }

  double(end: number): number {
    const at = this.pos;
    if (at + 8 > end) this.fail('a number is cut off', at);
    this.pos = at + 8;
    return this.view.getFloat64(at, true);
  }

  /** Reads the length of a nested message or string; returns where it ends. */
  length(end: number): number {
    const at = this.pos;
    let length = 0;
    const byte = at < end ? this.bytes[at]! : 0x80;
    if (byte < 0x80) {
      this.pos = at + 1;
      length = byte;
    } else {
      this.varint(end);
      length = this.high * two32 + this.low;
    }
    const stop = this.pos + length;
    if (stop > end) this.fail(`a length of ${length} bytes reaches beyond its message`, at);
    return stop;
  }

  /** Skips a length-delimited field; returns where it ended. */
  skipBytes(end: number): number {
    return (this.pos = this.length(end));
  }

  /** A length-delimited field as text. */
  string(end: number): string {
    const stop = this.length(end);
    const from = this.pos;
    this.pos = stop;
    return this.text(from, stop);
  }

  /** Bytes as text; anything but UTF-8 is malformed. */
  text(from: number, to: number): string {
    const { bytes } = this;
    for (let i = from; i < to; i++) {
      if (bytes[i]! >= 0x80) return this.#utf8(from, to);
    }
    return this.#buffer.toString('latin1', from, to);
  }

  /** Bytes as one character each: a key for a map, not a text. */
  rawKey(from: number, to: number): string {
    return this.#buffer.toString('latin1', from, to);
  }

  /** Bytes as hexadecimal digits. */
  hex(from: number, to: number): string {
    return this.#buffer.toString('hex', from, to);
  }

  /** Skips a field that we do not know. */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case wireType.varint:
        return this.varint(end);
      case wireType.fixed64:
        return this.#skipFixed(8, end);
      case wireType.bytes:
        this.skipBytes(end);
        return;
      case wireType.group:
        return this.#skipGroup(tag, end);
      case wireType.fixed32:
        return this.#skipFixed(4, end);
      default:
        this.fail(`wire type ${tag & 7} cannot start a field`, this.tagStart);
    }
  }

  /**
   * Skips the field of `tag` as unknown.
   *
   * @param known bit n is set when the message has a field n: that one came with a wrong wire type.
   */
  skipUnknown(tag: number, known: number, end: number): void {
    const field = tag >>> 3;
    if (field < 32 && (known >>> field) & 1) {
      this.fail(`field ${field} has the wrong wire type ${tag & 7}`, this.tagStart);
    }
    this.skip(tag, end);
  }

  /** Ends decoding. @param at position in `bytes`. */
  fail(what: string, at: number = this.pos, options?: ErrorOptions): never {
    const offset = this.#origin + at;
    throw new TelemetryError(
      'TELEMETRY_MALFORMED',
      `The bytes are no ${this.#name} request in protobuf: ${what} (at byte ${offset}). ` +
        'Check that they were sent completely, to the right endpoint, and with the right Content-Type.',
      { offset },
      options,
    );
  }

  #failField(at: number): never {
    this.fail('a field has an impossible number', at);
  }

  #skipFixed(size: number, end: number): void {
    if (this.pos + size > end) this.fail('a number is cut off');
    this.pos += size;
  }

  #skipGroup(start: number, end: number): void {
    const open = [start >>> 3];
    while (open.length > 0) {
      const tag = this.tag(end);
      if ((tag & 7) === wireType.group) {
        if (open.push(tag >>> 3) > maxGroupDepth) this.fail('groups are nested too deeply');
      } else if ((tag & 7) === wireType.endGroup) {
        if (open.pop() !== tag >>> 3) this.fail('a group ends that never started', this.tagStart);
      } else {
        this.skip(tag, end);
      }
    }
  }

  #utf8(from: number, to: number): string {
    try {
      return fatalUtf8.decode(this.bytes.subarray(from, to));
    } catch (cause) {
      return this.fail('a text is not UTF-8', from, { cause });
    }
  }
}
