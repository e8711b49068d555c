import type { DecodeOptions } from '../decode-options.js';
import { resolveLimits } from '../decode-options.js';
import type { DecodedTraces } from '../decoded-traces.js';
import { JsonCursor } from './json/json-cursor.js';
import { JsonTracesDecoder } from './json/json-traces-decoder.js';
import { parseJsonRequest } from './json/parse-json-request.js';
import { SpansSink } from './spans-sink.js';

/**
 * Decodes an ExportTraceServiceRequest in JSON into the same columns as its protobuf twin.
 *
 * Tolerant as {@link decodeOtlpMetricsJson}; ids are hexadecimal in either case.
 *
 * Source: the OTLP specification, "JSON Protobuf Encoding"; protobuf's JSON mapping.
 *
 * @throws {TelemetryError} `TELEMETRY_MALFORMED` when the bytes are not such a request;
 *   `TELEMETRY_LIMIT` when it is larger than the limits allow.
 */
export function decodeOtlpTracesJson(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): DecodedTraces {
  const limits = resolveLimits(options);
  const request = parseJsonRequest(bytes, limits);
  const sink = new SpansSink(limits, options);
  new JsonTracesDecoder(new JsonCursor('traces'), sink).readRequest(request);
  return sink.finish();
}
