import { describe, expect, it } from '@jest/globals';
import { dueHours, hourOfSeason, seasons } from './seasons.js';
import { dayMs, hourMs } from './whole-windows.js';

const [day, week] = seasons as [(typeof seasons)[0], (typeof seasons)[0]];
const monday = Date.UTC(2026, 0, 5);

describe('the hour of a season', () => {
  it('counts from Monday, midnight', () => {
    expect(hourOfSeason(week, monday)).toBe(0);
    expect(hourOfSeason(week, monday - 1)).toBe(167);
    expect(hourOfSeason(week, monday + dayMs + 3 * hourMs)).toBe(27);
    expect(hourOfSeason(day, monday + dayMs + 3.5 * hourMs)).toBe(3);
    expect(hourOfSeason(week, -1)).toBe(hourOfSeason(week, 7 * dayMs - 1));
  });
});

describe('hours that are due', () => {
  const end = new Date(monday + 15.5 * hourMs);

  it('are those that are over since the last time, twelve at least', () => {
    expect(dueHours(day, new Date(monday + 3 * hourMs), end, 100)).toEqual(
      Array.from({ length: 12 }, (_, index) => monday + (3 + index) * hourMs),
    );
    expect(dueHours(day, new Date(monday + 4 * hourMs), end, 100)).toEqual([]);
    expect(dueHours(day, new Date(monday + 15 * hourMs), end, 100)).toEqual([]);
  });

  it('are at most one season, and at most so many', () => {
    expect(dueHours(day, undefined, end, 100)).toHaveLength(24);
    expect(dueHours(week, new Date(0), end, 1000)).toHaveLength(168);
    expect(dueHours(week, new Date(0), end, 7)).toHaveLength(7);
  });

  it('are the last one when the clock went back', () => {
    const later = new Date(end.getTime() + 30 * dayMs);
    expect(dueHours(day, later, end, 10)).toEqual([monday + 14 * hourMs]);
  });
});
