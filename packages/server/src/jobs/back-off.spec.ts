import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@coral/testkit';
import { backOffMs } from './back-off.js';

const longest = (failures: number) =>
  backOffMs(failures, { firstMs: 1_000, mostMs: 60_000, random: () => 1 });

describe('backOffMs', () => {
  it('doubles from failure to failure, up to a bound', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8].map(longest)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ]);
    expect(longest(5_000)).toBe(60_000);
  });

  it('takes a time by chance from the upper half', () => {
    const { next } = seededRandom();
    const options = { firstMs: 1_000, mostMs: 60_000, random: next };
    const pauses = Array.from({ length: 100 }, () => backOffMs(3, options));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...pauses)).toBeLessThan(4_000);
    expect(new Set(pauses).size).toBeGreaterThan(90);
  });
});
