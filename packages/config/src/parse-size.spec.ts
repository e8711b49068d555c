import { describe, expect, it } from '@jest/globals';
import { parseSize } from './parse-size.js';

describe('parseSize', () => {
  it.each([
    ['512MB', 512_000_000],
    ['512MiB', 536_870_912],
    ['1.5 GiB', 1_610_612_736],
    ['2gb', 2_000_000_000],
    ['64KiB', 65_536],
    ['7B', 7],
    ['1TB', 1e12],
  ])('reads %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['512', 'MB', '-1MB', '1e9B', '80%', '12 parsecs', '9999999TB', '', '1.MB', '0x10MB'])(
    'does not read %j',
    (text) => {
      expect(parseSize(text)).toBeUndefined();
    },
  );
});
