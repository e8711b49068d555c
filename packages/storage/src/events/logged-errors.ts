import { isName, isText } from '../writes/check-input.js';

/** Errors that a service logged in one minute and that are one error as far as one can tell. */
export interface LoggedErrors {
  readonly serviceId: string;
  /** The process that logged them; `''` when unknown. */
  readonly instance: string;
  /** Equal for the same error in every minute. */
  readonly fingerprint: string;
  readonly severity: 'error' | 'fatal';
  /** The message without what differs each time. */
  readonly template: string;
  /** `''` when there is none. */
  readonly exceptionType: string;
  /** The first of the messages. */
  readonly message: string;
  /** Of the same record; `''` when it has none. */
  readonly traceId: string;
  /** Start of the minute. µs */
  readonly minuteUs: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly count: number;
}

/** Whether the store can hold them. */
export function canBeStored(errors: LoggedErrors): boolean {
  const { serviceId, fingerprint, instance, template, exceptionType, message, traceId } = errors;
  return (
    isName(serviceId) &&
    isName(fingerprint) &&
    [instance, template, exceptionType, message, traceId].every(isText)
  );
}
