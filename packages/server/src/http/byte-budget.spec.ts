import { describe, expect, it } from '@jest/globals';
import { ByteBudget } from './byte-budget.js';

const megabyte = 1024 ** 2;

describe('ByteBudget', () => {
  it('refuses what is beyond it until somebody gives back', () => {
    const budget = new ByteBudget(100);
    const [one, other] = [budget.open(), budget.open()];
    expect(one.take(60)).toBe(true);
    expect(other.take(60)).toBe(false);
    one.release();
    one.release();
    expect(budget.usedBytes).toBe(0);
    expect(other.take(60)).toBe(true);
  });

  it('lends memory again that was given back, to one at a time', () => {
    const budget = new ByteBudget(megabyte);
    const [one, other] = [budget.open(), budget.open()];
    const lent = one.memory(100_000);
    expect(lent.length).toBeGreaterThanOrEqual(100_000);
    expect(other.memory(100_000)).not.toBe(lent);
    one.release();
    const next = budget.open();
    expect(next.memory(200_000)).not.toBe(lent);
    expect(next.memory(90_000)).toBe(lent);
    expect(next.memory(90_000)).not.toBe(lent);
  });

  it('keeps some megabytes of it at most', () => {
    const budget = new ByteBudget(100 * megabyte);
    const one = budget.open();
    const lent = new Set(Array.from({ length: 30 }, () => one.memory(megabyte)));
    one.release();
    const other = budget.open();
    const again = Array.from({ length: 30 }, () => other.memory(megabyte));
    expect(again.filter((memory) => lent.has(memory))).toHaveLength(8);
  });
});
