import { describe, expect, it } from '@jest/globals';
import { manualClock } from './manual-clock.js';

describe('manualClock', () => {
  it('stands still until it is moved', () => {
    const clock = manualClock(1_000);
    expect(clock.now()).toBe(1_000);
    expect(clock.now()).toBe(1_000);
    expect(clock.advance(250)).toBe(1_250);
    expect(clock.now()).toBe(1_250);
  });

  it('reads instants as numbers, dates and text', () => {
    expect(manualClock('2026-03-01T12:00:00Z').now()).toBe(Date.UTC(2026, 2, 1, 12));
    expect(manualClock(new Date(5)).date()).toEqual(new Date(5));
  });

  it('hands out a now that works on its own', () => {
    const clock = manualClock(1);
    const { now } = clock;
    clock.advance(1);
    expect(now()).toBe(2);
  });

  it('may be set back, as real clocks are', () => {
    const clock = manualClock(1_000);
    expect(clock.set(10)).toBe(10);
    expect(clock.now()).toBe(10);
  });

  it('refuses to advance backwards or to a time that is none', () => {
    const clock = manualClock();
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
    expect(() => clock.set('yesterday')).toThrow(RangeError);
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1));
  });
});
