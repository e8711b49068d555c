import { describe, expect, it } from '@jest/globals';
import { timeUntilFull, type ForecastBasis } from './forecast.js';

const now = new Date('2026-06-30T12:00:00Z');
const day = 86_400_000;
const inDays = (days: number) => new Date(now.getTime() + days * day);
const basis = (changes: Partial<ForecastBasis>): ForecastBasis => ({
  name: 'events',
  rowsPerDay: 10,
  bytesPerRow: 10,
  rows: 0,
  ageMs: 0,
  ...changes,
});

describe('timeUntilFull', () => {
  it('is now where there is no room', () => {
    expect(timeUntilFull([], 0, now)).toBe('now');
    expect(timeUntilFull([basis({})], -1, now)).toBe('now');
  });

  it('is never where nothing comes', () => {
    expect(timeUntilFull([], 1, now)).toBe('never');
    expect(timeUntilFull([basis({ rowsPerDay: 0 })], 1, now)).toBe('never');
  });

  it('divides the room by what comes in a day', () => {
    expect(timeUntilFull([basis({})], 250, now)).toEqual(inDays(2.5));
    expect(timeUntilFull([basis({}), basis({ bytesPerRow: 15 })], 250, now)).toEqual(inDays(1));
  });

  it('counts what is kept for a time only until its oldest rows begin to go', () => {
    const kept = basis({ keepMs: 30 * day, ageMs: 20 * day });
    expect(timeUntilFull([kept], 1000, now)).toEqual(inDays(10));
    expect(timeUntilFull([kept], 1001, now)).toBe('never');
    expect(timeUntilFull([basis({ keepMs: 30 * day, ageMs: 31 * day })], 1, now)).toBe('never');
  });

  it('goes on with those that still grow', () => {
    const kept = basis({ keepMs: 10 * day });
    const forever = basis({ bytesPerRow: 1 });
    // Ten days of 110, then 10 a day.
    expect(timeUntilFull([forever, kept], 1_100, now)).toEqual(inDays(10));
    expect(timeUntilFull([kept, forever], 1_200, now)).toEqual(inDays(20));
  });

  it('does not look further than a century', () => {
    expect(timeUntilFull([basis({ bytesPerRow: 1e-9 })], 1e9, now)).toBe('never');
  });
});
