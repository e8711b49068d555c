import { describe, expect, it } from '@jest/globals';
import { isLoopbackAddress } from './loopback.js';

describe('isLoopbackAddress', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1', '::FFFF:127.0.0.1'])(
    'accepts %s',
    (address) => expect(isLoopbackAddress(address)).toBe(true),
  );

  it.each([
    '10.0.0.1',
    '128.0.0.1',
    '0.0.0.0',
    '::',
    '::2',
    '::ffff:10.0.0.1',
    '127.evil.example',
    '',
  ])('refuses %s', (address) => expect(isLoopbackAddress(address)).toBe(false));

  it('refuses a socket that no longer knows its peer', () => {
    expect(isLoopbackAddress(undefined)).toBe(false);
  });
});
