import { seededRandom } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { timeMissing, unixMicroseconds, unixMicrosecondsOfDecimal } from './unix-microseconds.js';

const ofNanoseconds = (ns: bigint) => unixMicroseconds(Number(ns >> 32n), Number(ns & 0xffffffffn));

describe('unixMicroseconds', () => {
  it('is exact for any time up to 2^53 microseconds', () => {
    const random = seededRandom();
    const wrong: bigint[] = [];
    for (let i = 0; i < 20_000; i++) {
      const us = BigInt(Math.floor(random.next() * Number.MAX_SAFE_INTEGER));
      const ns = us * 1000n + BigInt(random.integer(0, 999));
      if (ns === 0n) continue;
      if (ofNanoseconds(ns) !== Number(us)) wrong.push(ns);
      if (unixMicrosecondsOfDecimal(String(ns)) !== Number(us)) wrong.push(ns);
    }
    expect(wrong).toEqual([]);
  });

  it.each([1n, 999n, 1000n, 2n ** 32n - 1n, 2n ** 32n, 9007199254740991999n])(
    'rounds %p ns down',
    (ns) => {
      expect(ofNanoseconds(ns)).toBe(Number(ns / 1000n));
      expect(unixMicrosecondsOfDecimal(String(ns))).toBe(Number(ns / 1000n));
    },
  );

  it('stays above 2^53 for every time beyond', () => {
    for (const ns of [9007199254740992000n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(ofNanoseconds(ns)).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
      expect(unixMicrosecondsOfDecimal(String(ns))).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
    }
  });

  it('takes 0 for missing, in every form', () => {
    expect(ofNanoseconds(0n)).toBe(timeMissing);
    for (const text of ['', '0', '000']) expect(unixMicrosecondsOfDecimal(text)).toBe(timeMissing);
  });
});
