import { describe, expect, it } from '@jest/globals';
import { parseSince } from './parse-since.js';

const now = Date.parse('2026-01-31T12:00:00Z');

describe('parseSince', () => {
  it.each([
    ['90s', '2026-01-31T11:58:30.000Z'],
    ['15m', '2026-01-31T11:45:00.000Z'],
    ['2h', '2026-01-31T10:00:00.000Z'],
    ['7d', '2026-01-24T12:00:00.000Z'],
    ['1w', '2026-01-24T12:00:00.000Z'],
    ['2026-01-30', '2026-01-30T00:00:00.000Z'],
    ['2026-01-30T08:30:00Z', '2026-01-30T08:30:00.000Z'],
    ['2026-01-30 08:30', '2026-01-30T08:30:00.000Z'],
    ['2026-01-30T08:30:00+02:00', '2026-01-30T06:30:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseSince(text, now).toISOString()).toBe(expected);
  });

  it.each(['', 'yesterday', '15', '15 minutes', '-2h', '2026-13-40', '2026-01-30T99:00:00Z'])(
    'refuses %j',
    (text) => {
      expect(() => parseSince(text, now)).toThrow(expect.objectContaining({ code: 'CLI_USAGE' }));
    },
  );
});
