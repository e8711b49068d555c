import { describe, expect, it, jest } from '@jest/globals';
import { onTestEnd } from './cleanup.js';
import { seededRandom } from './seeded-random.js';

const many = <T>(length: number, value: () => T): T[] => Array.from({ length }, value);

describe('seededRandom', () => {
  it('repeats for one seed and differs for another', () => {
    const values = (seed: number): number[] => {
      const random = seededRandom(seed);
      return many(5, random.next);
    };
    expect(values(7)).toEqual(values(7));
    expect(values(7)).not.toEqual(values(8));
  });

  it('keeps its sequence from release to release', () => {
    const random = seededRandom(1);
    expect(many(3, () => random.integer(0, 999))).toMatchInlineSnapshot(`
      [
        449,
        671,
        635,
      ]
    `);
  });

  it('stays in [0, 1) and fills it evenly', () => {
    const random = seededRandom(2);
    const values = many(20_000, random.next);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(mean(values)).toBeCloseTo(0.5, 2);
  });

  it('draws whole numbers including both ends', () => {
    const random = seededRandom(3);
    expect(new Set(many(200, () => random.integer(-1, 1)))).toEqual(new Set([-1, 0, 1]));
    expect(random.integer(5, 5)).toBe(5);
    expect(() => random.integer(2, 1)).toThrow(RangeError);
  });

  it('picks, and refuses to pick from nothing', () => {
    const random = seededRandom(4);
    expect(new Set(many(100, () => random.pick(['a', 'b'])))).toEqual(new Set(['a', 'b']));
    expect(() => random.pick([])).toThrow(RangeError);
  });

  it('shuffles a copy', () => {
    const values = Array.from({ length: 50 }, (_, index) => index);
    const before = [...values];
    const shuffled = seededRandom(5).shuffle(values);
    expect(values).toEqual(before);
    expect(shuffled).not.toEqual(before);
    expect(shuffled.sort()).toEqual([...before].sort());
  });

  it('draws normal and lognormal values', () => {
    const random = seededRandom(6);
    const normal = many(20_000, () => random.normal(10, 2));
    expect(mean(normal)).toBeCloseTo(10, 1);
    expect(Math.sqrt(mean(normal.map((value) => (value - 10) ** 2)))).toBeCloseTo(2, 1);
    const lognormal = many(20_000, () => random.lognormal(1, 0.25));
    expect(Math.min(...lognormal)).toBeGreaterThan(0);
    expect(mean(lognormal.map(Math.log))).toBeCloseTo(1, 1);
  });

  it('draws booleans by probability, and bytes', () => {
    const random = seededRandom(8);
    expect(many(50, () => random.boolean(0))).not.toContain(true);
    expect(many(50, () => random.boolean(1))).not.toContain(false);
    expect(random.bytes(16)).toHaveLength(16);
    expect(new Set(random.bytes(4_000)).size).toBeGreaterThan(200);
  });

  it('prints the seed it chose, and takes the one of the environment', () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const before = process.env['CORAL_TEST_SEED'];
    onTestEnd(() => {
      write.mockRestore();
      if (before === undefined) delete process.env['CORAL_TEST_SEED'];
      else process.env['CORAL_TEST_SEED'] = before;
    });

    delete process.env['CORAL_TEST_SEED'];
    const chosen = seededRandom();
    expect(write).toHaveBeenLastCalledWith(
      expect.stringContaining(`CORAL_TEST_SEED=${chosen.seed}`),
    );

    process.env['CORAL_TEST_SEED'] = '99';
    expect(seededRandom().seed).toBe(99);
    expect(seededRandom(7).seed).toBe(7);
  });

  it.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses the seed %p', (seed) => {
    expect(() => seededRandom(seed)).toThrow(RangeError);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
