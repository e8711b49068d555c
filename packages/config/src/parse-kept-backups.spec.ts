import { describe, expect, it } from '@jest/globals';
import { parseKeptBackups } from './parse-kept-backups.js';

describe('parseKeptBackups', () => {
  it.each([
    ['7 daily, 4 weekly', { daily: 7, weekly: 4 }],
    ['4 weekly,7 daily', { daily: 7, weekly: 4 }],
    ['1 daily', { daily: 1, weekly: 0 }],
    ['52 weekly', { daily: 0, weekly: 52 }],
  ])('reads %j', (text, kept) => {
    expect(parseKeptBackups(text)).toEqual(kept);
  });

  it.each(['', '7', 'daily', '0 daily', '7 daily, 3 daily', '7 monthly', '-1 daily', '7 daily,'])(
    'refuses %j',
    (text) => {
      expect(parseKeptBackups(text)).toBeUndefined();
    },
  );
});
