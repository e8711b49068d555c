import { createHmac } from 'node:crypto';
import type { Secret } from './secret.js';

/** Names what the token is for and which version, so that other keys can be derived beside it. */
const PURPOSE = 'coral-api-v1';

/**
 * The bearer token that the colony's API asks for, derived from the colony's secret.
 *
 * A derived value, because the token travels in requests and stands in the environment of senders;
 * one that leaks gives away the API but not the secret that admits agents to the mesh.
 *
 * Shape: 64 hex digits, the same for the same secret, always.
 * Source: HMAC-SHA256 (RFC 2104) of `coral-api-v1`, keyed with the secret's UTF-8 bytes.
 *
 * @example
 * const headers = { authorization: `Bearer ${apiToken(config.colonySecret)}` };
 */
export function apiToken(colonySecret: Secret | string): string {
  const key = typeof colonySecret === 'string' ? colonySecret : colonySecret.reveal();
  if (key === '') throw new TypeError('colonySecret must not be empty');
  return createHmac('sha256', key).update(PURPOSE).digest('hex');
}
