import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@coral/testkit';
import { Pace } from './pace.js';

const second = 1_000_000;
const over = { key: 'over', endUs: 100 * second };
const goesOn = { key: 'goes on', endUs: 400 * second };
const nowUs = 115 * second;

describe('Pace', () => {
  it('computes everything at first', () => {
    const pace = new Pace(manualClock(0).now);
    expect(pace.due([over, goesOn], nowUs)).toEqual([over, goesOn]);
  });

  it('rests ten times as long as work took that has to be done again', () => {
    const clock = manualClock(0);
    const pace = new Pace(clock.now);
    pace.ran(goesOn, nowUs, 200);
    pace.ran(goesOn, nowUs, 100);
    pace.rest();
    clock.set(2_999);
    expect(pace.due([goesOn], nowUs)).toEqual([]);
    clock.set(3_000);
    expect(pace.due([goesOn], nowUs)).toEqual([goesOn]);
  });

  it('does not let a window wait that is over, and computes it again only after a rest', () => {
    const clock = manualClock(0);
    const pace = new Pace(clock.now);
    pace.ran(goesOn, nowUs, 200);
    pace.rest();
    expect(pace.due([over, goesOn], nowUs - 1)).toEqual([]);
    expect(pace.due([over, goesOn], nowUs)).toEqual([over]);
    pace.ran(over, nowUs, 60_000);
    pace.rest();
    expect(pace.due([over, goesOn], nowUs)).toEqual([]);
    clock.set(2_000);
    expect(pace.due([over, goesOn], nowUs)).toEqual([over, goesOn]);
  });

  it('leaves a window that is over while it is being filled, a minute at most', () => {
    const clock = manualClock(0);
    const pace = new Pace(clock.now);
    const lookAt = (ms: number, changes: number, window = over) => {
      clock.set(ms);
      return pace.due([{ ...window, changes }], nowUs).length === 1;
    };
    expect(lookAt(0, 100)).toBe(false);
    expect(lookAt(10_000, 105)).toBe(false);
    expect(lookAt(20_000, 109)).toBe(true); // A few late requests do not fill it.
    expect(lookAt(30_000, 200)).toBe(false);
    expect(lookAt(89_999, 300)).toBe(false);
    expect(lookAt(90_000, 400)).toBe(true);
    expect(lookAt(100_000, 500)).toBe(false);
    expect(lookAt(110_000, 600, goesOn)).toBe(true);
  });

  it('leaves a window that is over until it was seen before: its points may have just begun to come', () => {
    const pace = new Pace(manualClock(0).now);
    const begun = { ...over, changes: 1 };
    expect(pace.due([begun], nowUs)).toEqual([]);
    expect(pace.due([begun], nowUs)).toEqual([begun]);
  });

  it('rests for five minutes at most', () => {
    const clock = manualClock(0);
    const pace = new Pace(clock.now);
    pace.ran(goesOn, nowUs, 3_600_000);
    pace.rest();
    clock.set(300_000);
    expect(pace.due([goesOn], nowUs)).toEqual([goesOn]);
  });
});
