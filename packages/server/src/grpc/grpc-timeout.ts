import { ServerError } from '../errors.js';
import type { HttpRequest } from '../listen/exchange.js';

const msOfUnit: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/**
 * How long a call's sender waits for its answer, ms, at least 1; undefined when it says nothing.
 *
 * Source: gRPC over HTTP/2, Requests: `grpc-timeout` is at most eight digits and a unit.
 * @throws {ServerError} `SERVER_INPUT_INVALID` when it is neither
 */
export function timeoutOf(request: HttpRequest): number | undefined {
  const header = request.headers['grpc-timeout'];
  if (header === undefined) return undefined;
  const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(String(header)) ?? [];
  if (digits === undefined || unit === undefined) {
    throw new ServerError(
      'SERVER_INPUT_INVALID',
      'grpc-timeout must be up to eight digits and one of H, M, S, m, u, n.',
      { details: { field: 'grpc-timeout' } },
    );
  }
  return Math.max(1, Math.ceil(Number(digits) * msOfUnit[unit]!));
}
