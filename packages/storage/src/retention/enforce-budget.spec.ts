import { describe, expect, it } from '@jest/globals';
import { chooseDays } from './enforce-budget.js';

const days = [10, 5, 1].map((bytes, index) => ({
  from: new Date(Date.UTC(2026, 0, index)),
  bytes,
}));

describe('chooseDays', () => {
  it('takes the oldest days until they make enough room', () => {
    expect(chooseDays(days, 1)).toEqual(days.slice(0, 1));
    expect(chooseDays(days, 10)).toEqual(days.slice(0, 1));
    expect(chooseDays(days, 11)).toEqual(days.slice(0, 2));
  });

  it('takes all where all are not enough, and none where there are none', () => {
    expect(chooseDays(days, 1000)).toEqual(days);
    expect(chooseDays([], 1)).toEqual([]);
  });
});
