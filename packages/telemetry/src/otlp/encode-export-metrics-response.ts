import { WireWriter } from '../wire/wire-writer.js';

/** How an answer is written: as its request was. */
export type OtlpEncoding = 'protobuf' | 'json';

/** How much of a request was stored. */
export interface ExportMetricsResult {
  /** Number of data points that were not; 0 when all were. */
  readonly rejected?: number;
  /** Why, or with `rejected` 0 a warning; `''` for nothing to say. */
  readonly message?: string;
}

/**
 * Encodes an ExportMetricsServiceResponse: the body of a 200 answer.
 *
 * With nothing rejected and nothing to say, `partial_success` stays unset, as OTLP demands of full
 * success: no bytes in protobuf, `{}` in JSON.
 *
 * Source: opentelemetry-proto, collector/metrics/v1/metrics_service.proto.
 * @throws {RangeError} when `rejected` is not a non-negative integer.
 */
export function encodeExportMetricsResponse(
  result: ExportMetricsResult,
  encoding: OtlpEncoding,
): Uint8Array {
  const { rejected = 0, message = '' } = result;
  if (!Number.isSafeInteger(rejected) || rejected < 0) {
    throw new RangeError(`rejected must be a non-negative integer, not ${rejected}`);
  }
  const isFullSuccess = rejected === 0 && message === '';
  if (encoding === 'json') {
    // 64-bit numbers are strings in protobuf's JSON.
    const partialSuccess = {
      ...(rejected > 0 ? { rejectedDataPoints: String(rejected) } : {}),
      ...(message === '' ? {} : { errorMessage: message }),
    };
    return new TextEncoder().encode(JSON.stringify(isFullSuccess ? {} : { partialSuccess }));
  }
  const response = new WireWriter();
  if (!isFullSuccess) {
    response.bytes(1, new WireWriter().uint(1, rejected).string(2, message).finish());
  }
  return response.finish();
}
