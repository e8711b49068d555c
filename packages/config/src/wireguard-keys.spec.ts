import { describe, expect, it } from '@jest/globals';
import { createPrivateKey, createPublicKey, diffieHellman, randomBytes } from 'node:crypto';
import { createWireguardKeys, wireguardPublicKey } from './wireguard-keys.js';

describe('wireguardPublicKey', () => {
  it('agrees with RFC 7748 section 6.1', () => {
    const base64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
    expect(
      wireguardPublicKey(
        base64('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
      ),
    ).toBe(base64('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'));
  });
});

describe('createWireguardKeys', () => {
  it('makes a clamped private key and the public key that belongs to it', () => {
    const { privateKey, publicKey } = createWireguardKeys(randomBytes);
    const bytes = Buffer.from(privateKey, 'base64');
    expect(bytes).toHaveLength(32);
    expect(bytes[0]! & 7).toBe(0);
    expect(bytes[31]! & 0xc0).toBe(0x40);
    expect(publicKey).toBe(wireguardPublicKey(privateKey));
    expect(publicKey).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it('makes keys with which two peers agree on a secret', () => {
    const [a, b] = [createWireguardKeys(randomBytes), createWireguardKeys(randomBytes)];
    expect(agree(a.privateKey, b.publicKey)).toEqual(agree(b.privateKey, a.publicKey));
  });

  it('leaves the random bytes it was given as they were', () => {
    const bytes = new Uint8Array(32).fill(255);
    createWireguardKeys(() => bytes);
    expect(bytes).toEqual(new Uint8Array(32).fill(255));
  });

  it('takes too few random bytes for a programming mistake', () => {
    expect(() => createWireguardKeys(() => new Uint8Array(8))).toThrow(TypeError);
  });
});

function agree(privateKey: string, publicKey: string): Buffer {
  const url = (base64: string) => Buffer.from(base64, 'base64').toString('base64url');
  const jwk = { kty: 'OKP', crv: 'X25519', x: url(publicKey) };
  return diffieHellman({
    privateKey: createPrivateKey({
      key: { ...jwk, x: url(wireguardPublicKey(privateKey)), d: url(privateKey) },
      format: 'jwk',
    }),
    publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
  });
}
