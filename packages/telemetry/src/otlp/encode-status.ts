import { WireWriter } from '../wire/wire-writer.js';
import type { OtlpEncoding } from './encode-export-response.js';

/** A failed request in gRPC's terms, which OTLP/HTTP uses for the body of its errors. */
export interface StatusMessage {
  /** One of google.rpc.Code, such as 3 (INVALID_ARGUMENT); 0 is OK. */
  readonly code: number;
  readonly message: string;
}

/**
 * Encodes a google.rpc.Status: the body of an answer that is not 200.
 *
 * Source: the OTLP specification, "OTLP/HTTP Response, Failures"; google/rpc/status.proto.
 * @throws {RangeError} when `code` is not a non-negative int32.
 */
export function encodeStatus(status: StatusMessage, encoding: OtlpEncoding): Uint8Array {
  const { code, message } = status;
  if ((code | 0) !== code || code < 0) {
    throw new RangeError(`code must be a non-negative int32, not ${code}`);
  }
  return encoding === 'json'
    ? new TextEncoder().encode(JSON.stringify({ code, message }))
    : new WireWriter().uint(1, code).string(2, message).finish();
}
