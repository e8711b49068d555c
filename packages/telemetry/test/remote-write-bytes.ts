import type { Bytes } from './protobuf-bytes.js';
import { double, message, string, uint } from './protobuf-bytes.js';

/** A Label as field 1 of a TimeSeries. */
export const labelBytes = (name: string, value: string): Bytes =>
  message(1, string(1, name), string(2, value));

/** All labels of a TimeSeries, in the given order. */
export const labelsBytes = (labels: Readonly<Record<string, string>>): Bytes =>
  Object.entries(labels).flatMap(([name, value]) => labelBytes(name, value));

/** A Sample as field 2 of a TimeSeries. */
export const sampleBytes = (value: number, timeMs: number | bigint): Bytes =>
  message(2, double(1, value), uint(2, timeMs));

/** A TimeSeries of a WriteRequest. */
export const timeSeriesBytes = (
  labels: Readonly<Record<string, string>>,
  ...samples: readonly Bytes[]
): Bytes => message(1, labelsBytes(labels), ...samples);

/** A MetricMetadata of a WriteRequest; type 1 counter, 2 gauge, 3 histogram, 5 summary. */
export const metadataBytes = (family: string, type: number): Bytes =>
  message(3, uint(1, type), string(2, family), string(4, 'Some help.'), string(5, 'seconds'));

/** A WriteRequest. */
export const writeRequest = (...parts: readonly Bytes[]): Uint8Array =>
  Uint8Array.from(parts.flat());

/** 2026-01-01T00:00:00.001Z in milliseconds. */
export const timeMs = 1_767_225_600_001;
