/**
 * An error whose `code` is part of an API: of this package, of a sibling, or of the running
 * colony that answered with it.
 */
export interface CodedError {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

const coded = /^(CLI|CONFIG|STORAGE|SERVER|TELEMETRY)_[A-Z0-9_]+$/;

/**
 * Whether a value carries one of Coral's codes.
 *
 * Recognised by shape rather than by class: the bundle, a test realm and a second installed copy
 * of a package each have classes of their own.
 */
export function isCodedError(value: unknown): value is CodedError {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message } = value as { code?: unknown; message?: unknown };
  return typeof code === 'string' && coded.test(code) && typeof message === 'string';
}

/**
 * An error a running colony answered with, under the code it gave.
 *
 * A question asked through the API and the same question asked of a stopped colony's file
 * therefore fail alike.
 */
export class ColonyAnswerError extends Error {
  override readonly name = 'ColonyAnswerError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
