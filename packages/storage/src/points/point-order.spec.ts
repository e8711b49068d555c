import { describe, expect, it } from '@jest/globals';
import { PointOrder } from './point-order.js';
import { windowUs } from './window.js';

const minuteUs = 60_000_000;

describe('PointOrder', () => {
  it('trusts a window in which each series moved forward', () => {
    const order = new PointOrder();
    order.note(1, 1);
    order.note(2, 1);
    order.note(1, 2);
    order.note(5_000, minuteUs);
    expect(order.mayRepeat(0)).toBe(false);
    expect(order.newestOf(1)).toBe(2);
    expect(order.newestOf(3)).toBe(0);
    expect(order.newestOf(1_000_000)).toBe(0);
  });

  it('doubts the window of a time that came again', () => {
    const order = new PointOrder();
    order.note(1, windowUs + 5);
    order.note(1, windowUs + 5);
    expect([0, windowUs, 2 * windowUs].map((us) => order.mayRepeat(us))).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('doubts the window of a late point, which may be there already, and not the newest', () => {
    const order = new PointOrder();
    order.note(1, 10 * windowUs);
    order.note(1, 7 * windowUs + 1);
    expect(order.mayRepeat(7 * windowUs)).toBe(true);
    expect(order.mayRepeat(10 * windowUs)).toBe(false);
  });

  it('doubts what it did not see', () => {
    const order = new PointOrder();
    order.doubtUntil(3 * windowUs);
    expect(order.mayRepeat(3 * windowUs)).toBe(true);
    expect(order.mayRepeat(4 * windowUs)).toBe(false);
  });

  it('doubts old windows as a whole when there are many', () => {
    const order = new PointOrder();
    order.note(1, 10_000 * windowUs);
    for (let n = 1; n <= 1_001; n += 1) order.note(1, n * windowUs);
    expect(order.mayRepeat(400 * windowUs)).toBe(true);
    expect(order.mayRepeat(0)).toBe(true);
    expect(order.mayRepeat(1_001 * windowUs)).toBe(true);
    expect(order.mayRepeat(1_002 * windowUs)).toBe(false);
  });
});
