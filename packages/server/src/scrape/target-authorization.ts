import { readFile } from 'node:fs/promises';
import type { ScrapeTarget } from './scrape-target.js';

/**
 * The `Authorization` that a target is shown; undefined when it wants none. The file is read anew each
 * time, so that a secret can be exchanged while the colony runs.
 *
 * @throws {Error} when the file cannot be read, or holds what no header can
 */
export async function targetAuthorization({
  bearerTokenFile,
  basicAuth,
}: ScrapeTarget): Promise<string | undefined> {
  if (bearerTokenFile !== undefined) return `Bearer ${await readSecret(bearerTokenFile)}`;
  if (basicAuth === undefined) return undefined;
  const password = await readSecret(basicAuth.passwordFile);
  return `Basic ${Buffer.from(`${basicAuth.username}:${password}`).toString('base64')}`;
}

async function readSecret(path: string): Promise<string> {
  const text = (await readFile(path, 'utf8')).trim();
  // Node would say so too, and repeat the secret.
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error(`${path} holds no secret in one line`);
  return text;
}
