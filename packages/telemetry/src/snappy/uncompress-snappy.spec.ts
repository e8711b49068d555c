import { describe, expect, it } from '@jest/globals';
import { snappyLength, uncompressSnappy } from './uncompress-snappy.js';

const uncompress = (bytes: number[], maxBytes = 1_000_000) =>
  new TextDecoder().decode(uncompressSnappy(Uint8Array.from(bytes), maxBytes));
const text = (characters: string) => [...new TextEncoder().encode(characters)];
/** A literal of up to 60 bytes. */
const literal = (characters: string) => [(characters.length - 1) << 2, ...text(characters)];

describe('uncompressSnappy', () => {
  it('takes nothing for nothing', () => {
    expect(uncompress([0])).toBe('');
  });

  it('copies literals, of one length byte and of more', () => {
    const long = 'x'.repeat(300);
    expect(uncompress([3, ...literal('abc')])).toBe('abc');
    expect(uncompress([0xac, 0x02, 61 << 2, 0x2b, 0x01, ...text(long)])).toBe(long);
    expect(uncompress([61, 60 << 2, 60, ...text('y'.repeat(61))])).toBe('y'.repeat(61));
  });

  it('repeats what was before, by offsets of each size', () => {
    const abcd = literal('abcd');
    expect(uncompress([8, ...abcd, 0b000_000_01, 4])).toBe('abcdabcd');
    expect(uncompress([8, ...abcd, (3 << 2) | 2, 4, 0])).toBe('abcdabcd');
    expect(uncompress([8, ...abcd, (3 << 2) | 3, 4, 0, 0, 0])).toBe('abcdabcd');
  });

  it('repeats a pattern when a copy overlaps what it writes', () => {
    expect(uncompress([12, ...literal('ab'), (9 << 2) | 2, 2, 0])).toBe('abababababab');
  });

  it('repeats patterns of every length, up to as many bytes as an element can', () => {
    for (let offset = 1; offset <= 70; offset++) {
      for (const run of [1, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64]) {
        const pattern = Array.from({ length: offset }, (_, i) => (i * 7 + offset) & 255);
        const block = [
          offset + run,
          60 << 2,
          offset - 1,
          ...pattern,
          ((run - 1) << 2) | 2,
          offset,
          0,
        ];
        // A length above 127 takes two bytes.
        if (offset + run > 127) block.splice(0, 1, ((offset + run) & 127) | 128, 1);
        const expected = Array.from({ length: offset + run }, (_, i) => pattern[i % offset]);
        expect([...uncompressSnappy(Uint8Array.from(block), 1000)]).toEqual(expected);
      }
    }
  });

  it('gives memory of its own, also of more than a mebibyte', () => {
    const first = uncompressSnappy(Uint8Array.from([3, ...literal('abc')]), 100);
    uncompressSnappy(Uint8Array.from([3, ...literal('xyz')]), 100);
    expect(new TextDecoder().decode(first)).toBe('abc');
    const size = 3_000_000;
    const large = Buffer.alloc(size, 'coral');
    const head = [0xc0, 0x8d, 0xb7, 0x01, 62 << 2, 0xbf, 0xc6, 0x2d]; // Both lengths.
    expect(large.equals(uncompressSnappy(Buffer.concat([Buffer.from(head), large]), size))).toBe(
      true,
    );
  });

  it.each([
    ['nothing', []],
    ['a length that does not end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
    ['a length beyond 32 bits', [0xff, 0xff, 0xff, 0xff, 0x7f, 0]],
    ['a literal that is cut off', [3, 2 << 2, 97, 98]],
    ['a literal whose length is cut off', [100, 61 << 2, 5]],
    ['a literal beyond the length', [2, ...literal('abc')]],
    ['less than the length', [4, ...literal('abc')]],
    ['a copy before the beginning', [8, ...literal('abcd'), 1, 5]],
    ['a copy of nothing', [8, ...literal('abcd'), 1, 0]],
    ['a copy that is cut off', [8, ...literal('abcd'), (3 << 2) | 2, 4]],
    ['a copy beyond the length', [7, ...literal('abcd'), 1, 4]],
  ])('calls %s malformed', (_, bytes) => {
    expect(() => uncompress(bytes)).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
    );
  });

  it('makes no room for more than is allowed, nor for what the block cannot hold', () => {
    expect(() => uncompress([4, ...literal('abcd')], 3)).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_LIMIT' }),
    );
    expect(uncompress([4, ...literal('abcd')], 4)).toBe('abcd');
    // 4 GiB declared by ten bytes.
    const bomb = [0xff, 0xff, 0xff, 0xff, 0x0f, ...literal('abcd')];
    expect(snappyLength(Uint8Array.from(bomb))).toBe(2 ** 32 - 1);
    expect(() => uncompress(bomb, 2 ** 33)).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
    );
  });
});
