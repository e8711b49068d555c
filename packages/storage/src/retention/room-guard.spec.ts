import { expect, it } from '@jest/globals';
import { freshMs } from './room-guard.js';

const mib = 1024 ** 2;

it.each([
  // Far from the limit: once a second.
  [100_000, 64, 1_000],
  [1_032, 64, 1_000],
  // Nearer: in that time a writer of 1 MiB a millisecond leaves half of the limit.
  [1_031, 64, 999],
  [66, 64, 34],
  [64, 64, 32],
  // Below half of it only what makes room is written.
  [32, 64, 10],
  [0, 64, 10],
  // No limit but the budget's.
  [0, 0, 1_000],
])('a look at %d MiB free with a limit of %d MiB counts for %d ms', (free, limit, ms) => {
  expect(freshMs(free * mib, limit * mib)).toBe(ms);
});
