import type { LoggedErrors } from '../../src/index.js';

/** Start of the minute that the tests' errors are counted from. */
export const errorsFrom = Date.UTC(2026, 0, 1, 12);

/** Errors of a service as a request may hold them; `second` counts from {@link errorsFrom}. */
export function loggedErrors(
  said: Partial<LoggedErrors> & { readonly second?: number } = {},
): LoggedErrors {
  const { second = 0, ...rest } = said;
  const us = (errorsFrom + second * 1000) * 1000;
  const template = rest.template ?? 'order # failed';
  return {
    serviceId: 'cart',
    instance: 'one',
    fingerprint: `print of ${template}`,
    severity: 'error',
    template,
    exceptionType: '',
    message: template.replaceAll('#', '7'),
    traceId: '',
    minuteUs: Math.floor(us / 60_000_000) * 60_000_000,
    firstUs: us,
    lastUs: us,
    count: 1,
    ...rest,
  };
}
