import { describe, expect, it } from '@jest/globals';
import { duckdbChecksum } from './duckdb-checksum.js';
import { findDamage } from './require-whole-log.js';

const header = Buffer.from([0x64, 0x00, 0x62, 0x65, 0x00, 0x02, 0xff, 0xff]);

function entry(text: string): Buffer {
  const head = Buffer.alloc(16);
  head.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([head, Buffer.from(text)]);
}

describe('findDamage', () => {
  const first = entry('the first');
  const second = entry('the second');
  const third = entry('the third');
  const log = Buffer.concat([header, first, second, third]);

  it('finds none in a whole log, and none in one that was cut anywhere', () => {
    for (let size = 0; size <= log.length; size += 1) {
      expect([size, findDamage(log.subarray(0, size))]).toEqual([size, undefined]);
    }
  });

  it('finds a length that reaches beyond the end though whole entries follow', () => {
    const damaged = Buffer.from(log);
    damaged[header.length + first.length + 2]! ^= 0x10;
    expect(findDamage(damaged)).toBe(header.length + first.length);
  });

  it('finds the entry that swallowed others, by its checksum', () => {
    const summed = ['one', 'number two', 'the third', 'and the fourth', 'five'].map((text) => {
      const whole = entry(text);
      whole.writeBigUInt64LE(duckdbChecksum(Buffer.from(text)), 8);
      return whole;
    });
    const damaged = Buffer.concat([header, ...summed]);
    const second = header.length + summed[0]!.length;
    damaged[second]! += 5; // It now ends within the header of the third.
    expect(findDamage(damaged)).toBe(second);
  });

  it('cannot tell a damaged length of the last entry from an entry that was cut off', () => {
    const damaged = Buffer.from(log);
    damaged[log.length - third.length + 2]! ^= 0x10;
    expect(findDamage(damaged)).toBeUndefined();
  });

  it('finds zeros where entries were', () => {
    const damaged = Buffer.from(log);
    damaged.fill(0, header.length, header.length + first.length);
    expect(findDamage(damaged)).toBe(header.length);
  });

  it('finds what is no log, and leaves other versions to DuckDB', () => {
    expect(findDamage(Buffer.from('# not a log\n'))).toBe(0);
    const other = Buffer.from(log);
    other[5] = 3;
    expect(findDamage(other)).toBeUndefined();
    other[5] = 0;
    expect(findDamage(other)).toBe(0);
  });
});
