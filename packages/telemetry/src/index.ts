// Decoding OTLP
export { decodeOtlpMetricsProtobuf } from './otlp/decode-otlp-metrics-protobuf.js';
export { decodeOtlpMetricsJson } from './otlp/decode-otlp-metrics-json.js';
export type { DecodedMetrics } from './decoded-metrics.js';
export { decodeOtlpLogsProtobuf } from './otlp/decode-otlp-logs-protobuf.js';
export { decodeOtlpLogsJson } from './otlp/decode-otlp-logs-json.js';
export type { DecodedLogs, LogColumns } from './logs.js';
export { decodeOtlpTracesProtobuf } from './otlp/decode-otlp-traces-protobuf.js';
export { decodeOtlpTracesJson } from './otlp/decode-otlp-traces-json.js';
export type { DecodedTraces } from './decoded-traces.js';
export { SeriesCache } from './series-cache.js';
export type { SeriesCacheOptions } from './series-cache.js';
export { defaultDecodeLimits } from './decode-options.js';
export type { DecodeLimits, DecodeLogsOptions, DecodeOptions } from './decode-options.js';

// What logs say
export { groupErrors } from './group-errors.js';
export type { ErrorGroup, GroupErrorsOptions } from './group-errors.js';
export { messageTemplate } from './message-template.js';

// Answering OTLP
export { encodeExportResponse } from './otlp/encode-export-response.js';
export type { ExportResult, OtlpEncoding, OtlpSignal } from './otlp/encode-export-response.js';
export { encodeStatus } from './otlp/encode-status.js';
export type { StatusMessage } from './otlp/encode-status.js';
export { rejectionReasons, summariseRejected } from './rejection.js';
export type { RejectedPoints, RejectionReason } from './rejection.js';

// Decoding Prometheus remote write
export { RemoteWriteDecoder } from './remote-write/remote-write-decoder.js';
export type {
  DecodedRemoteWrite,
  RemoteWriteOptions,
  RemoteWriteVersion,
} from './remote-write/remote-write-decoder.js';
export { snappyLength, uncompressSnappy } from './snappy/uncompress-snappy.js';

// What Prometheus' labels and names mean
export { defaultLabelMapping, mapLabels } from './prometheus/label-mapping.js';
export type { LabelMapping, MappedLabels } from './prometheus/label-mapping.js';
export { MetricTypes } from './prometheus/metric-types.js';
export type { PrometheusType, SeriesRole } from './prometheus/metric-types.js';
export { unitOfName } from './prometheus/unit-of-name.js';

// Reading what targets of Prometheus serve
export { parseExposition } from './exposition/parse-exposition.js';
export type { ParsedExposition, ParseExpositionOptions } from './exposition/parse-exposition.js';
export { ExpositionTarget } from './exposition/exposition-target.js';
export type { ExpositionTargetOptions } from './exposition/exposition-target.js';
export { expositionAccept, expositionFormatOf } from './exposition/exposition-format.js';
export type { ExpositionFormat } from './exposition/exposition-format.js';

// Columns, and building them from other sources
export type {
  MetricKind,
  PointColumns,
  ResourceDescriptor,
  SeriesDescriptor,
  Temporality,
} from './points.js';
export type { SpanColumns, SpanKind, SpanOperation } from './spans.js';
export { PointColumnsBuilder } from './point-columns-builder.js';
export { describeSeries } from './describe-series.js';
export type { DescribeSeriesOptions } from './describe-series.js';
export { describeInstance } from './describe-instance.js';
export type { InstanceDescriptor } from './describe-instance.js';
export { describeResource } from './describe-resource.js';
export { canonicalAttributes } from './canonical-json.js';
export type { Attributes, AttributeValue } from './canonical-json.js';

// Errors
export { isTelemetryError, TelemetryError, telemetryErrorCodes } from './telemetry-error.js';
export type { TelemetryErrorCode, TelemetryErrorDetails } from './telemetry-error.js';
