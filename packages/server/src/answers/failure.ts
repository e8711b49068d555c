import type { Logger } from '../logger.js';
import { failureTable } from './failure-table.js';
import type { FailureCode, FailureMeaning } from './failure-table.js';

/** Small facts about a failure that its caller may see. */
export type FailureDetails = Readonly<
  Record<string, string | number | boolean | readonly string[]>
>;

/** A failed request in a form that every protocol can tell. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly details: FailureDetails;
  readonly meaning: FailureMeaning;
}

/**
 * Turns whatever was thrown into what the caller is told.
 *
 * Coded errors keep their code, message and details. Anything else is a defect of ours: it is logged
 * with its stack, and the caller learns no more than that.
 */
export function failureFrom(reason: unknown, logger: Logger): Failure {
  if (isCoded(reason)) {
    const meaning = failureTable[reason.code];
    if (meaning.http >= 500) {
      logger.warn({ code: reason.code, err: reason }, 'request failed');
    }
    return { code: reason.code, message: reason.message, details: reason.details ?? {}, meaning };
  }
  logger.error({ err: reason }, 'request failed unexpectedly');
  return {
    code: 'SERVER_INTERNAL',
    message: 'The colony failed unexpectedly. Its log says more.',
    details: {},
    meaning: failureTable.SERVER_INTERNAL,
  };
}

function isCoded(
  reason: unknown,
): reason is { code: FailureCode; message: string; details?: FailureDetails } {
  return (
    typeof reason === 'object' &&
    reason !== null &&
    'code' in reason &&
    typeof reason.code === 'string' &&
    Object.hasOwn(failureTable, reason.code)
  );
}
