import type { DecodeLogsOptions } from '../decode-options.js';
import { limitExceeded, resolveLimits } from '../decode-options.js';
import type { DecodedLogs } from '../logs.js';
import { WireReader } from '../wire/wire-reader.js';
import { LogsSink } from './logs-sink.js';
import { ProtobufLogsDecoder } from './protobuf/protobuf-logs-decoder.js';

/**
 * Decodes an ExportLogsServiceRequest in protobuf into columns of log records.
 *
 * Nothing is kept of `bytes`. Records that cannot be kept are counted in `rejected`.
 *
 * Cost:   a fraction of a microsecond per record below `textsFromSeverity`.
 * Source: opentelemetry-proto, collector/logs/v1 and logs/v1; `docs/logs.md`.
 *
 * @throws {TelemetryError} `TELEMETRY_MALFORMED` when the bytes are not such a request;
 *   `TELEMETRY_LIMIT` when it is larger than the limits allow.
 * @example
 * const { logs, resources } = decodeOtlpLogsProtobuf(body, { textsFromSeverity: 17 });
 */
export function decodeOtlpLogsProtobuf(
  bytes: Uint8Array,
  options: DecodeLogsOptions = {},
): DecodedLogs {
  const limits = resolveLimits(options);
  if (bytes.length > limits.maxBytes) throw limitExceeded('maxBytes', limits.maxBytes);
  const sink = new LogsSink(limits, options);
  new ProtobufLogsDecoder(new WireReader(bytes, 0, 'OTLP logs'), sink).readRequest();
  return sink.finish();
}
