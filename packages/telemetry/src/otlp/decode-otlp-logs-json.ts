import type { DecodeLogsOptions } from '../decode-options.js';
import { resolveLimits } from '../decode-options.js';
import type { DecodedLogs } from '../logs.js';
import { JsonCursor } from './json/json-cursor.js';
import { JsonLogsDecoder } from './json/json-logs-decoder.js';
import { parseJsonRequest } from './json/parse-json-request.js';
import { LogsSink } from './logs-sink.js';

/**
 * Decodes an ExportLogsServiceRequest in JSON into the same columns as its protobuf twin.
 *
 * Tolerant where senders differ, as the decoder of metrics is; trace ids are hexadecimal.
 *
 * Source: the OTLP specification, "JSON Protobuf Encoding".
 *
 * @throws {TelemetryError} `TELEMETRY_MALFORMED` when the bytes are not such a request;
 *   `TELEMETRY_LIMIT` when it is larger than the limits allow.
 */
export function decodeOtlpLogsJson(
  bytes: Uint8Array,
  options: DecodeLogsOptions = {},
): DecodedLogs {
  const limits = resolveLimits(options);
  const request = parseJsonRequest(bytes, limits);
  const sink = new LogsSink(limits, options);
  new JsonLogsDecoder(new JsonCursor('logs'), sink).readRequest(request);
  return sink.finish();
}
