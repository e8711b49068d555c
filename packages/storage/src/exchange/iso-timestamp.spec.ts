import { describe, expect, it } from '@jest/globals';
import { parseIsoTimestamp } from './iso-timestamp.js';

describe('parseIsoTimestamp', () => {
  it.each([
    ['1970-01-01T00:00:00.000000Z', 0n],
    ['1969-12-31T23:59:59.999999Z', -1n],
    ['2026-11-22T01:02:03.123456Z', 1_795_309_323_123_456n],
    ['2026-11-22 01:02:03.1', 1_795_309_323_100_000n],
    ['2026-11-22T01:02:03+00:00', 1_795_309_323_000_000n],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000_000n],
    ['0000-01-01T00:00:00Z', -62_167_219_200_000_000n],
    ['0099-12-31T00:00:00Z', BigInt(Date.parse('0099-12-31T00:00:00Z')) * 1000n],
    ['-000001-12-31T23:59:59.999999Z', -62_167_219_200_000_001n],
    ['-43-03-15T00:00:00.000001Z', BigInt(Date.parse('-000043-03-15T00:00:00Z')) * 1000n + 1n],
    ['+275760-09-13T00:00:00.000000Z', 8_640_000_000_000_000_000n],
    ['-271821-04-20T00:00:00.000000Z', -8_640_000_000_000_000_000n],
  ])('reads %s', (text, us) => {
    expect(parseIsoTimestamp(text)).toBe(us);
  });

  it.each([
    '',
    'yesterday',
    '2026-11-22',
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T00:60:00Z',
    '2026-11-22T00:00:60Z',
    '2026-11-22T00:00:00.1234567Z',
    '2026-11-22T00:00:00+02:00',
    '+275760-09-13T00:00:00.001Z',
    'infinity',
    ' 2026-11-22T00:00:00Z',
  ])('does not take %j for a time', (text) => {
    expect(parseIsoTimestamp(text)).toBeUndefined();
  });

  it('agrees with Date on every day of four centuries', () => {
    for (let ms = Date.UTC(1800, 0, 1); ms < Date.UTC(2200, 0, 1); ms += 86_400_000) {
      if (parseIsoTimestamp(new Date(ms).toISOString()) !== BigInt(ms) * 1000n) {
        throw new Error(new Date(ms).toISOString());
      }
    }
  });
});
