/** A message of protobuf as plain bytes, written field by field: what a sender would encode. */
export type Bytes = readonly number[];

export const varint = (value: number | bigint): Bytes => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};

export const eight = (write: (view: DataView) => void): Bytes => {
  const view = new DataView(new ArrayBuffer(8));
  write(view);
  return [...new Uint8Array(view.buffer)];
};

export const fixed64Bytes = (value: number | bigint): Bytes =>
  eight((view) => view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true));

export const doubleBytes = (value: number): Bytes =>
  eight((view) => view.setFloat64(0, value, true));

const tag = (field: number, wireType: number): Bytes => varint(field * 8 + wireType);

export const uint = (field: number, value: number | bigint): Bytes => [
  ...tag(field, 0),
  ...varint(value),
];
export const sint = (field: number, value: number): Bytes =>
  uint(field, value < 0 ? -2 * value - 1 : 2 * value);
export const fixed64 = (field: number, value: number | bigint): Bytes => [
  ...tag(field, 1),
  ...fixed64Bytes(value),
];
export const double = (field: number, value: number): Bytes => [
  ...tag(field, 1),
  ...doubleBytes(value),
];
export const message = (field: number, ...content: Bytes[]): Bytes => {
  const body = content.flat();
  return [...tag(field, 2), ...varint(body.length), ...body];
};
export const string = (field: number, text: string): Bytes =>
  message(field, [...new TextEncoder().encode(text)]);

/** A KeyValue in the given field, its value an AnyValue. */
export const attribute = (field: number, key: string, ...anyValue: Bytes[]): Bytes =>
  message(field, string(1, key), message(2, ...anyValue));
export const textAttribute = (field: number, key: string, value: string): Bytes =>
  attribute(field, key, string(1, value));

/** An ExportMetricsServiceRequest of one resource, one scope and these metrics. */
export const request = (metrics: Bytes[], resource: Bytes = []): Uint8Array =>
  Uint8Array.from(
    message(1, message(1, resource), message(2, ...metrics.map((metric) => message(2, metric)))),
  );

/** A Metric; `dataField` 5 gauge, 7 sum, 9 histogram, 10 exponential histogram, 11 summary. */
export const metric = (name: string, dataField: number, ...data: Bytes[]): Bytes => [
  ...string(1, name),
  ...message(dataField, ...data),
];

/** 2026-01-01T00:00:00.000001Z in nanoseconds. */
export const timeNs = 1_767_225_600_000_001_000n;
/** The same in microseconds. */
export const timeUs = 1_767_225_600_000_001;

/** A NumberDataPoint as field 1, with its time and what else is given. */
export const numberPoint = (...fields: Bytes[]): Bytes => message(1, fixed64(3, timeNs), ...fields);
