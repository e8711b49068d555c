import { describe, expect, it } from '@jest/globals';
import { formatAge, formatBytes, formatDuration, formatNumber, formatTime } from './units.js';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [13_107_200, '12.5 MiB'],
    [1024 ** 5 * 2, '2048 TiB'],
  ])('writes %d as %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatDuration', () => {
  it.each([
    [-5, '0 ms'],
    [640, '640 ms'],
    [1000, '1 s'],
    [125_000, '2 min 5 s'],
    [3_600_000, '1 h'],
    [273_600_000, '3 d 4 h'],
  ])('writes %d ms as %s', (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));
});

describe('formatTime and formatAge', () => {
  it('write UTC to the second, and the time since', () => {
    const time = new Date('2026-01-31T12:00:00.500Z');
    expect(formatTime(time)).toBe('2026-01-31 12:00:00Z');
    expect(formatAge(time, time.getTime() + 61_000)).toBe('1 min 1 s ago');
    expect(formatTime(undefined)).toBe('');
    expect(formatAge(undefined, 0)).toBe('');
  });
});

describe('formatNumber', () => {
  it.each([
    [undefined, ''],
    [3, '3'],
    [123_456_789, '123456789'],
    [0.1 + 0.2, '0.3'],
    [1234.56789, '1234.57'],
  ])('writes %p as %j', (value, text) => expect(formatNumber(value)).toBe(text));
});
