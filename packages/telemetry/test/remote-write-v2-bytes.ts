import type { Bytes } from './protobuf-bytes.js';
import { double, message, string, uint, varint } from './protobuf-bytes.js';

/** A series of a 2.0 request, its labels in plain text. */
export interface SeriesV2 {
  readonly labels: Readonly<Record<string, string>>;
  /** Samples (field 2) and histograms (field 3). */
  readonly samples: readonly Bytes[];
  /** MetricType. */
  readonly type?: number;
  readonly createdMs?: number;
}

/** An io.prometheus.write.v2.Request. */
export function requestV2(...series: readonly SeriesV2[]): Uint8Array {
  const symbols = [''];
  const refOf = (text: string): number => {
    const known = symbols.indexOf(text);
    return known >= 0 ? known : symbols.push(text) - 1;
  };
  const timeSeries = series.map(({ labels, samples, type = 0, createdMs = 0 }) => {
    const refs = Object.entries(labels).flatMap(([name, value]) => [refOf(name), refOf(value)]);
    return message(
      5,
      message(
        1,
        refs.flatMap((ref) => varint(ref)),
      ),
      ...samples,
      ...(type === 0 ? [] : [message(5, uint(1, type), uint(3, 0), uint(4, 0))]),
      ...(createdMs === 0 ? [] : [uint(6, createdMs)]),
    );
  });
  return Uint8Array.from([...symbols.flatMap((text) => string(4, text)), ...timeSeries.flat()]);
}

/** What a native histogram holds; integer buckets as differences. */
export interface NativeHistogram {
  readonly schema: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroCount?: number;
  readonly positiveSpans?: readonly (readonly [offset: number, length: number])[];
  readonly positiveDeltas?: readonly number[];
  readonly positiveCounts?: readonly number[];
  readonly negativeSpans?: readonly (readonly [offset: number, length: number])[];
  readonly negativeDeltas?: readonly number[];
  readonly bounds?: readonly number[];
  readonly resetHint?: number;
  readonly timeMs: number;
}

const zigzag = (value: number): Bytes => varint(value < 0 ? -2 * value - 1 : 2 * value);
const sint = (field: number, value: number): Bytes => [...varint(field * 8), ...zigzag(value)];
const doubles = (field: number, values: readonly number[]): Bytes =>
  message(field, ...values.map((value) => double(1, value).slice(1)));
const spans = (field: number, of: readonly (readonly [number, number])[] = []): Bytes =>
  of.flatMap(([offset, length]) => message(field, sint(1, offset), uint(2, length)));

/** A Histogram: field 4 of a TimeSeries in 1.0, field 3 in 2.0. */
export function histogramBytes(field: 3 | 4, h: NativeHistogram): Bytes {
  const isFloat = h.positiveCounts !== undefined;
  return message(
    field,
    isFloat ? double(2, h.count) : uint(1, h.count),
    double(3, h.sum),
    sint(4, h.schema),
    double(5, 1e-128),
    isFloat ? double(7, h.zeroCount ?? 0) : uint(6, h.zeroCount ?? 0),
    spans(8, h.negativeSpans),
    message(9, ...(h.negativeDeltas ?? []).map(zigzag)),
    spans(11, h.positiveSpans),
    message(12, ...(h.positiveDeltas ?? []).map(zigzag)),
    doubles(13, h.positiveCounts ?? []),
    uint(14, h.resetHint ?? 0),
    uint(15, h.timeMs),
    doubles(16, h.bounds ?? []),
  );
}
