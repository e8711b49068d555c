/**
 * A source of randomness, handed in by the caller: `randomBytes` of `node:crypto` in a program,
 * something seeded in a test.
 *
 * Shape: exactly `size` bytes. Ids, secrets and keys are made from it, so outside tests it has to be
 * cryptographically strong.
 */
export type RandomBytes = (size: number) => Uint8Array;
