import type { DecodeOptions } from '../decode-options.js';
import { limitExceeded, resolveLimits } from '../decode-options.js';
import type { DecodedMetrics } from '../decoded-metrics.js';
import { WireReader } from '../wire/wire-reader.js';
import { MetricsSink } from './metrics-sink.js';
import { ProtobufMetricsDecoder } from './protobuf/protobuf-metrics-decoder.js';

/**
 * Decodes an ExportMetricsServiceRequest in protobuf into columns of points.
 *
 * Nothing is kept of `bytes`. Points that cannot be stored are counted in `rejected`; points that
 * say they have no recorded value are left out without a word.
 *
 * Cost:   about a microsecond per point of a known series with a `seriesCache`, and several for one
 *         whose attributes have to be parsed. Memory is bounded by the limits.
 * Source: opentelemetry-proto, collector/metrics/v1 and metrics/v1; `docs/mapping.md`.
 *
 * @throws {TelemetryError} `TELEMETRY_MALFORMED` when the bytes are not such a request;
 *   `TELEMETRY_LIMIT` when it is larger than the limits allow.
 * @example
 * const { points, rejected } = decodeOtlpMetricsProtobuf(body, { seriesCache });
 */
export function decodeOtlpMetricsProtobuf(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): DecodedMetrics {
  const limits = resolveLimits(options);
  if (bytes.length > limits.maxBytes) throw limitExceeded('maxBytes', limits.maxBytes);
  const sink = new MetricsSink(limits, options);
  new ProtobufMetricsDecoder(new WireReader(bytes), sink).readRequest();
  return sink.finish();
}
