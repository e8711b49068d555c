import { randomInt } from 'node:crypto';

const UINT32 = 2 ** 32;

/** Random values that repeat for one seed. */
export interface SeededRandom {
  /** What to pass, or put in `CORAL_TEST_SEED`, to get the same values again. */
  readonly seed: number;
  /** A number in [0, 1) with 53 random bits. */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** True with the given probability, by default one half. */
  boolean(probability?: number): boolean;
  /** One element. @throws {RangeError} for an empty list */
  pick<T>(values: readonly T[]): T;
  /** A new array with the same elements in random order. */
  shuffle<T>(values: readonly T[]): T[];
  /** Normally distributed. Defaults: mean 0, standard deviation 1. */
  normal(mean?: number, deviation?: number): number;
  /** `exp` of a normal value: always positive, like latencies. Defaults: mu 0, sigma 1. */
  lognormal(mu?: number, sigma?: number): number;
  /** `length` random bytes. */
  bytes(length: number): Uint8Array;
}

/**
 * Makes a generator of random test values.
 *
 * Without a seed it takes `CORAL_TEST_SEED` or, failing that, a new one, and prints it on
 * standard error, so that a failed run can be repeated exactly.
 *
 * Source: sfc32 of Chris Doty-Humphrey's PractRand, seeded by splitmix32; normal values by
 * Box and Muller. Not for secrets.
 *
 * @param seed whole number from 0 to 2^32 - 1
 * @throws {RangeError} for another seed
 * @example
 * const random = seededRandom(42);
 * const latencyMs = random.lognormal(3, 0.5);
 */
export function seededRandom(seed: number = chosenSeed()): SeededRandom {
  if (!Number.isInteger(seed) || seed < 0 || seed >= UINT32) {
    throw new RangeError(`A seed is a whole number from 0 to ${UINT32 - 1}, not ${seed}.`);
  }
  const uint32 = sfc32(seed);
  const next = (): number => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
  const integer = (min: number, max: number): number => {
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
      throw new RangeError(`No whole number from ${min} to ${max}.`);
    }
    return min + Math.floor(next() * (max - min + 1));
  };
  const normal = (mean = 0, deviation = 1): number =>
    mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    seed,
    next,
    integer,
    boolean: (probability = 0.5) => next() < probability,
    pick<T>(values: readonly T[]): T {
      if (values.length === 0) throw new RangeError('Nothing to pick from.');
      return values[integer(0, values.length - 1)] as T;
    },
    shuffle<T>(values: readonly T[]): T[] {
      const shuffled = [...values];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = integer(0, i);
        [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
      }
      return shuffled;
    },
    normal,
    lognormal: (mu = 0, sigma = 1) => Math.exp(normal(mu, sigma)),
    bytes: (length) => Uint8Array.from({ length }, () => uint32() >>> 24),
  };
}

function chosenSeed(): number {
  const given = process.env['CORAL_TEST_SEED'];
  const seed = given ? Number(given) : randomInt(UINT32);
  process.stderr.write(`testkit: random seed ${seed}; repeat with CORAL_TEST_SEED=${seed}\n`);
  return seed;
}

function sfc32(seed: number): () => number {
  const word = splitmix32(seed);
  let a = word();
  let b = word();
  let c = word();
  let counter = 1;
  return () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
}

function splitmix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
    return word ^ (word >>> 15);
  };
}
