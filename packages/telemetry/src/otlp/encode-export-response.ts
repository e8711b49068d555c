import { WireWriter } from '../wire/wire-writer.js';

/** How an answer is written: as its request was. */
export type OtlpEncoding = 'protobuf' | 'json';

/** What OTLP carries. */
export type OtlpSignal = 'metrics' | 'traces' | 'logs';

/** How much of a request was stored. */
export interface ExportResult {
  /** Number of data points, spans or log records that were not; 0 when all were. */
  readonly rejected?: number;
  /** Why, or with `rejected` 0 a warning; `''` for nothing to say. */
  readonly message?: string;
}

/** The one thing in which the answers differ, and that only in JSON: in protobuf it is field 1. */
const rejectedNames: Readonly<Record<OtlpSignal, string>> = {
  metrics: 'rejectedDataPoints',
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
};

/**
 * Encodes an ExportMetricsServiceResponse, ExportTraceServiceResponse or ExportLogsServiceResponse:
 * the answer to a request that was stored.
 *
 * With nothing rejected and nothing to say, `partial_success` stays unset, as OTLP demands of full
 * success: no bytes in protobuf, `{}` in JSON.
 *
 * Source: opentelemetry-proto, collector/{metrics,trace,logs}/v1.
 * @throws {RangeError} when `rejected` is not a non-negative integer.
 */
export function encodeExportResponse(
  signal: OtlpSignal,
  result: ExportResult,
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
      ...(rejected > 0 ? { [rejectedNames[signal]]: String(rejected) } : {}),
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
