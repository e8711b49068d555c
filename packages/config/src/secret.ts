import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * A value that shows itself only when asked by name.
 *
 * A resolved configuration gets logged, printed and serialised sooner or later; all of these see
 * `[redacted]`.
 *
 * @example
 * const secret = new Secret('s3cr3t');
 * `${secret}`; // '[redacted]'
 * secret.reveal(); // 's3cr3t'
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Never log what this returns. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
