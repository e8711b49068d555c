import { describe, expect, it } from '@jest/globals';
import { chooseDay } from './enforce-budget.js';

const until = (date: string) => new Date(`2026-01-${date}`);
const days = [
  { until: until('02'), bytes: 10 },
  { until: until('03'), bytes: 5 },
  { until: until('04'), bytes: 1 },
];

describe('chooseDay', () => {
  it('takes the oldest days until they make enough room', () => {
    expect(chooseDay(days, 1)).toEqual(until('02'));
    expect(chooseDay(days, 10)).toEqual(until('02'));
    expect(chooseDay(days, 11)).toEqual(until('03'));
  });

  it('takes all where all are not enough, and none where there are none', () => {
    expect(chooseDay(days, 1000)).toEqual(until('04'));
    expect(chooseDay([], 1)).toBeUndefined();
  });
});
