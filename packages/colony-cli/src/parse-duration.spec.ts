import { describe, expect, it } from '@jest/globals';
import { parseDuration } from './parse-duration.js';

describe('parseDuration', () => {
  it.each([
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration('--step', text)).toBe(ms);
  });

  it.each(['', '5', 'm', '5s', '-5m', '1.5h', '5 m'])('refuses %p', (text) => {
    expect(() => parseDuration('--step', text)).toThrow(
      expect.objectContaining({ code: 'CLI_USAGE' }),
    );
  });
});
