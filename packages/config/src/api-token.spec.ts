import { describe, expect, it } from '@jest/globals';
import { apiToken } from './api-token.js';
import { Secret } from './secret.js';

describe('apiToken', () => {
  it('is HMAC-SHA256 of coral-api-v1, keyed with the secret', () => {
    // printf coral-api-v1 | openssl dgst -sha256 -hmac 0123456789abcdef
    expect(apiToken('0123456789abcdef')).toBe(
      '28b141fad29503eb1e638f1db62aef8c274ea34aeabdf10311c1d9e0a4c934c5',
    );
  });

  it('is the same for a wrapped secret', () => {
    expect(apiToken(new Secret('0123456789abcdef'))).toBe(apiToken('0123456789abcdef'));
  });

  it('differs between secrets and does not hold them', () => {
    expect(apiToken('0123456789abcdee')).not.toBe(apiToken('0123456789abcdef'));
    expect(apiToken('deadbeef')).not.toContain('deadbeef');
  });

  it('takes an empty secret for a programming mistake', () => {
    expect(() => apiToken('')).toThrow(TypeError);
  });
});
