import { describe, expect, it } from '@jest/globals';
import { seededRandom } from './seeded-random.js';

describe('seededRandom', () => {
  it('repeats for one seed', () => {
    expect(seededRandom(7)()).toBe(seededRandom(7)());
  });
});
