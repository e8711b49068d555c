import { createHash, timingSafeEqual } from 'node:crypto';

/** What the Authorization header says about the caller. */
export type TokenVerdict = 'absent' | 'right' | 'wrong';

/**
 * Makes the check of an Authorization header against the colony's token.
 *
 * Both sides are hashed first, so that the comparison takes the same time whatever the length and
 * the content of what was sent. The token itself is not kept.
 *
 * Shape: `absent` when there is no header at all; `wrong` for another scheme, an empty or a
 * different token.
 * Source: RFC 6750 §2.1; the scheme's name is case-insensitive (RFC 9110 §11.1).
 *
 * @throws {RangeError} when the token is empty: an empty token would let everybody in.
 */
export function createTokenCheck(
  token: string,
): (authorization: string | undefined) => TokenVerdict {
  if (token.length === 0) throw new RangeError('The colony’s API token must not be empty.');
  const expected = sha256(token);
  return (authorization) => {
    if (authorization === undefined) return 'absent';
    const sent = /^bearer +([^\s]+) *$/i.exec(authorization)?.[1];
    return sent !== undefined && timingSafeEqual(sha256(sent), expected) ? 'right' : 'wrong';
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
