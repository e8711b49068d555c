import type { DecodeOptions } from '../decode-options.js';
import { resolveLimits } from '../decode-options.js';
import type { DecodedMetrics } from '../decoded-metrics.js';
import { JsonCursor } from './json/json-cursor.js';
import { JsonMetricsDecoder } from './json/json-metrics-decoder.js';
import { parseJsonRequest } from './json/parse-json-request.js';
import { MetricsSink } from './metrics-sink.js';

/**
 * Decodes an ExportMetricsServiceRequest in JSON into the same columns as its protobuf twin.
 *
 * Tolerant where senders differ: keys in lowerCamelCase or snake_case, enums as numbers or names,
 * 64-bit numbers as strings or numbers, `null` for absent, unknown keys.
 *
 * Cost:   several times that of protobuf, and an object per point; see `maxJsonBytes`.
 * Source: the OTLP specification, "JSON Protobuf Encoding"; protobuf's JSON mapping.
 *
 * @throws {TelemetryError} `TELEMETRY_MALFORMED` when the bytes are not such a request;
 *   `TELEMETRY_LIMIT` when it is larger than the limits allow.
 */
export function decodeOtlpMetricsJson(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): DecodedMetrics {
  const limits = resolveLimits(options);
  const request = parseJsonRequest(bytes, limits);
  const sink = new MetricsSink(limits, options);
  new JsonMetricsDecoder(new JsonCursor(), sink).readRequest(request);
  return sink.finish();
}
