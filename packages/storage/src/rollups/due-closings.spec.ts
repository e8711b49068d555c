import { describe, expect, it } from '@jest/globals';
import { dueClosings } from './due-closings.js';

const due = (starts: readonly number[], horizonUs: number) =>
  dueClosings(starts, { lengthUs: 10, horizonUs });

describe('dueClosings', () => {
  it('closes what ended at the horizon or before, oldest first, and leaves the three newest', () => {
    expect(due([40, 0, 10, 20, 30, 10], 20)).toEqual([0, 10]);
    expect(due([40, 0, 10, 20, 30], 19)).toEqual([0]);
    expect(due([40, 0, 10, 20, 30], 1_000)).toEqual([0, 10]);
  });

  it('closes nothing while there are three or fewer, however far the clock has jumped', () => {
    expect(due([0, 10, 20], 1e15)).toEqual([]);
    expect(due([], 1e15)).toEqual([]);
  });

  it('leaves the hours before a jump open while those after it are fewer than three', () => {
    expect(due([0, 10, 20, 1_000], 900)).toEqual([0]);
  });
});
