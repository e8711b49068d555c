import { describe, expect, it } from '@jest/globals';
import { WireReader } from './wire-reader.js';

const reader = (...bytes: number[]) => new WireReader(Uint8Array.from(bytes));
const malformed = (offset: number) =>
  expect.objectContaining({ code: 'TELEMETRY_MALFORMED', details: { offset } });
const caught = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('WireReader', () => {
  it.each<[string, number[], number]>([
    ['one byte', [0x7f], 127],
    ['two bytes', [0xac, 0x02], 300],
    ['2^32', [0x80, 0x80, 0x80, 0x80, 0x10], 2 ** 32],
    ['2^53 - 1', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f], Number.MAX_SAFE_INTEGER],
    ['2^64 - 1, rounded', [...Array<number>(9).fill(0xff), 0x01], 2 ** 64],
    ['0 in more bytes than it needs', [0x80, 0x80, 0x00], 0],
  ])('reads a varint: %s', (_, bytes, value) => {
    const wire = reader(...bytes);
    expect(wire.uint64(bytes.length)).toBe(value);
    expect(wire.pos).toBe(bytes.length);
  });

  it.each<[number[], number]>([
    [[0x00], 0],
    [[0x01], -1],
    [[0x02], 1],
    [[0xff, 0xff, 0xff, 0xff, 0x0f], -2147483648],
    [[0xfe, 0xff, 0xff, 0xff, 0x0f], 2147483647],
  ])('reads the zigzag varint %p as %p', (bytes, value) => {
    expect(reader(...bytes).sint32(bytes.length)).toBe(value);
  });

  it('reads eight bytes as unsigned, signed and double', () => {
    const minusOne = Array<number>(8).fill(0xff);
    expect(reader(...minusOne).signed64(8)).toBe(-1);
    expect(reader(...minusOne).unsigned64(8)).toBe(2 ** 64);
    expect(reader(0, 0, 0, 0, 0, 0, 0xf8, 0x3f).double(8)).toBe(1.5);
  });

  it('reads text, and takes bytes that are not UTF-8 for malformed', () => {
    expect(reader(3, 0x61, 0xc3, 0xa4).string(4)).toBe('aä');
    expect(reader(3, 0xef, 0xbb, 0xbf).string(4)).toBe('\ufeff');
    expect(caught(() => reader(2, 0x61, 0xc3).string(3))).toEqual(malformed(1));
    // A surrogate and an overlong form, which lenient readers let through.
    expect(caught(() => reader(3, 0xed, 0xa0, 0x80).string(4))).toEqual(malformed(1));
    expect(caught(() => reader(2, 0xc0, 0x80).string(3))).toEqual(malformed(1));
  });

  it('keeps the cause of text that cannot be decoded', () => {
    expect(caught(() => reader(1, 0xff).string(2))).toHaveProperty('cause.name', 'TypeError');
  });

  it('never crosses the end of the message, even where bytes follow', () => {
    expect(caught(() => reader(0x80, 0x01).varint(1))).toEqual(malformed(0));
    expect(caught(() => reader(1, 2, 3, 4, 5, 6, 7, 8).fixed64(7))).toEqual(malformed(0));
    expect(caught(() => reader(1, 2, 3, 4, 5, 6, 7, 8).double(7))).toEqual(malformed(0));
    expect(caught(() => reader(3, 1, 2, 3).length(3))).toEqual(malformed(0));
    expect(caught(() => reader().tag(0))).toEqual(malformed(0));
  });

  it('refuses lengths up to 2^64 without allocating for them', () => {
    const bytes = [...Array<number>(9).fill(0xff), 0x01];
    expect(caught(() => reader(...bytes).skipBytes(bytes.length))).toEqual(malformed(0));
  });

  it('refuses numbers of more than ten bytes', () => {
    const bytes = Array<number>(12).fill(0xff);
    expect(caught(() => reader(...bytes).varint(12))).toEqual(malformed(0));
  });

  it('refuses field number 0 and those beyond 2^29', () => {
    expect(caught(() => reader(0x02).tag(1))).toEqual(malformed(0));
    expect(caught(() => reader(0x82, 0x00).tag(2))).toEqual(malformed(0));
    expect(caught(() => reader(0x82, 0x80, 0x80, 0x80, 0x10).tag(5))).toEqual(malformed(0));
  });

  it('skips unknown fields of every wire type', () => {
    const fields: [bytes: number[], wireType: number][] = [
      [[0x80, 0x01], 0],
      [[1, 2, 3, 4, 5, 6, 7, 8], 1],
      [[2, 1, 2], 2],
      // A group with a group and a varint in it.
      [[0x83, 0x01, 0x08, 0x01, 0x84, 0x01, 0xfc, 0x01], 3],
      [[1, 2, 3, 4], 5],
    ];
    for (const [content, wireType] of fields) {
      const wire = reader(0xf8 | wireType, 0x01, ...content, 99);
      wire.skipUnknown(wire.tag(content.length + 2), 0, content.length + 2);
      expect(wire.bytes[wire.pos]).toBe(99);
    }
  });

  it('takes a known field of another wire type for malformed', () => {
    const wire = reader(0x08, 0x01);
    expect(caught(() => wire.skipUnknown(wire.tag(2), 1 << 1, 2))).toEqual(malformed(0));
  });

  it.each<[string, number[]]>([
    ['wire type 6', [0x0e]],
    ['the end of a group that never started', [0x0c]],
    ['a group that never ends', [0x0b, 0x10, 0x01]],
    ['a group that ends as another', [0x0b, 0x14]],
    ['a million nested groups', Array<number>(1_000_000).fill(0x0b)],
    ['a cut 32-bit number', [0x0d, 1, 2, 3]],
  ])('refuses %s', (_, bytes) => {
    const wire = new WireReader(Uint8Array.from(bytes));
    const code = 'TELEMETRY_MALFORMED';
    expect(caught(() => wire.skip(wire.tag(bytes.length), bytes.length))).toMatchObject({ code });
  });
});
