import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { RandomBytes } from './random-bytes.js';

const KEY_BYTES = 32;
/** What precedes the 32 key bytes in a PKCS #8 file of an X25519 key (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** A key pair in the form of `wg genkey` and `wg pubkey`: base64 of 32 bytes each. */
export interface WireguardKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

/**
 * Makes an X25519 key pair that `wg` accepts.
 *
 * Source: RFC 7748 section 5 (clamping), as in `wg genkey`.
 */
export function createWireguardKeys(random: RandomBytes): WireguardKeys {
  const key = Uint8Array.from(random(KEY_BYTES));
  if (key.length !== KEY_BYTES) throw new TypeError(`random(${KEY_BYTES}) must return 32 bytes`);
  key[0]! &= 248;
  key[31] = (key[31]! & 127) | 64;
  const privateKey = Buffer.from(key).toString('base64');
  return { privateKey, publicKey: wireguardPublicKey(privateKey) };
}

/** The public key that belongs to a private one; both base64. What `wg pubkey` prints. */
export function wireguardPublicKey(privateKey: string): string {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, Buffer.from(privateKey, 'base64')]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return spki.subarray(-KEY_BYTES).toString('base64');
}
