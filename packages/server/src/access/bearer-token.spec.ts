import { describe, expect, it } from '@jest/globals';
import { createTokenCheck } from './bearer-token.js';

describe('createTokenCheck', () => {
  const check = createTokenCheck('s3cret');

  it.each(['Bearer s3cret', 'bearer s3cret', 'BEARER  s3cret '])('takes %j', (header) => {
    expect(check(header)).toBe('right');
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer s3cre',
    'Bearer s3cret2',
    'Basic s3cret',
    's3cret',
    'Bearer s3cret x',
  ])('refuses %j', (header) => expect(check(header)).toBe('wrong'));

  it('tells a missing header from a wrong one', () => {
    expect(check(undefined)).toBe('absent');
  });

  it('does not work with an empty token', () => {
    expect(() => createTokenCheck('')).toThrow(RangeError);
  });
});
