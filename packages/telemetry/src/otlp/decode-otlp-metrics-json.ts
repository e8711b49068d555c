import type { DecodeOptions } from '../decode-options.js';
import { limitExceeded, resolveLimits } from '../decode-options.js';
import type { DecodedMetrics } from '../decoded-metrics.js';
import { TelemetryError } from '../telemetry-error.js';
import { JsonCursor } from './json/json-cursor.js';
import { JsonMetricsDecoder } from './json/json-metrics-decoder.js';
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
  if (bytes.length > limits.maxJsonBytes) throw limitExceeded('maxJsonBytes', limits.maxJsonBytes);
  if (countValues(bytes) > limits.maxJsonValues) {
    throw limitExceeded('maxJsonValues', limits.maxJsonValues);
  }
  const request = parse(bytes);
  const sink = new MetricsSink(limits, options);
  new JsonMetricsDecoder(new JsonCursor(), sink).readRequest(request);
  return sink.finish();
}

/**
 * Opening brackets and commas: about as many as the values that the document is parsed into, each
 * of which may take dozens of bytes. Those within texts are counted as well, which does not matter.
 */
function countValues(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) count++;
  }
  return count;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TelemetryError(
      'TELEMETRY_MALFORMED',
      `The request is not JSON in UTF-8: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Check that it was sent completely, and with the right Content-Type.',
      {},
      { cause },
    );
  }
}
