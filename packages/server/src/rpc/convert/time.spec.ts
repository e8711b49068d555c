import { create } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import { fromTimestamp, toTimestamp } from './time.js';

const timestamp = (seconds: bigint, nanos = 0) => create(TimestampSchema, { seconds, nanos });

describe('fromTimestamp', () => {
  it('gives back what toTimestamp made, also before 1970', () => {
    for (const iso of [
      '2026-01-02T03:04:05.678Z',
      '1969-12-31T23:59:59.999Z',
      '0001-01-01T00:00:00Z',
    ]) {
      expect(fromTimestamp('at', toTimestamp(new Date(iso)))).toEqual(new Date(iso));
    }
  });

  it('leaves an absent time absent', () => {
    expect(fromTimestamp('at', undefined)).toBeUndefined();
  });

  it('takes the last moment of 9999 and refuses the next, and the one before year 1', () => {
    const last = timestamp(253_402_300_799n, 999_999_999);
    expect(fromTimestamp('at', last)).toEqual(new Date('9999-12-31T23:59:59.999Z'));
    for (const outside of [
      timestamp(253_402_300_800n),
      timestamp(-62_135_596_801n),
      timestamp(0n, -1),
    ]) {
      expect(() => fromTimestamp('at', outside)).toThrow(
        expect.objectContaining({ code: 'SERVER_INPUT_INVALID', details: { field: 'at' } }),
      );
    }
  });
});
