import type { DecodeOptions } from '../decode-options.js';
import { limitExceeded, resolveLimits } from '../decode-options.js';
import type { DecodedTraces } from '../decoded-traces.js';
import { WireReader } from '../wire/wire-reader.js';
import { ProtobufTracesDecoder } from './protobuf/protobuf-traces-decoder.js';
import { SpansSink } from './spans-sink.js';

/**
 * Decodes an ExportTraceServiceRequest in protobuf into columns of spans.
 *
 * Takes from each span what says who called whom, how long it took and whether it failed; events,
 * links, status messages and all other attributes are skipped. Nothing is kept of `bytes`. Spans that
 * cannot be stored are counted in `rejected`.
 *
 * Source: opentelemetry-proto, collector/trace/v1 and trace/v1; `docs/traces.md`.
 *
 * @param options as for metrics; `maxPoints` bounds the spans, `maxSeries` their operations
 * @throws {TelemetryError} `TELEMETRY_MALFORMED` when the bytes are not such a request;
 *   `TELEMETRY_LIMIT` when it is larger than the limits allow.
 * @example
 * const { spans, rejected } = decodeOtlpTracesProtobuf(body);
 */
export function decodeOtlpTracesProtobuf(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): DecodedTraces {
  const limits = resolveLimits(options);
  if (bytes.length > limits.maxBytes) throw limitExceeded('maxBytes', limits.maxBytes);
  const sink = new SpansSink(limits, options);
  new ProtobufTracesDecoder(new WireReader(bytes, 0, 'OTLP traces'), sink).readRequest();
  return sink.finish();
}
