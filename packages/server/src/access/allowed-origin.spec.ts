import { describe, expect, it } from '@jest/globals';
import { isOriginAllowed } from './allowed-origin.js';

const here = { authority: '127.0.0.1:9000', allowedHosts: ['coral.internal'] };

describe('isOriginAllowed', () => {
  it('takes programs, which send no such header', () => {
    expect(isOriginAllowed({}, here)).toBe(true);
  });

  it.each(['http://127.0.0.1:9000', 'http://coral.internal', 'https://coral.internal:8443'])(
    'takes the origin %j',
    (origin) => expect(isOriginAllowed({ origin }, here)).toBe(true),
  );

  it.each([
    'null',
    '',
    'http://evil.example',
    'http://127.0.0.1:3000',
    'http://localhost:9000',
    'http://127.0.0.1:9000.evil.example',
    'http://coral.internal@evil.example',
    'http://coral.internal/path',
    'file://',
  ])('refuses the origin %j', (origin) => expect(isOriginAllowed({ origin }, here)).toBe(false));

  it('takes what the user typed and refuses what another site asks for', () => {
    expect(isOriginAllowed({ secFetchSite: 'none' }, here)).toBe(true);
    expect(isOriginAllowed({ secFetchSite: 'same-origin' }, here)).toBe(true);
    expect(isOriginAllowed({ secFetchSite: 'cross-site' }, here)).toBe(false);
    expect(isOriginAllowed({ secFetchSite: 'same-site' }, here)).toBe(false);
  });
});
