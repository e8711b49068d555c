import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api';

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * A value of any DuckDB type as JSON can carry it, nothing rounded.
 *
 * Shape: integers beyond ±2^53, DECIMAL, UUID, DATE, TIME and INTERVAL as strings; NaN and
 * infinities as the strings 'NaN', 'Infinity', '-Infinity'; TIMESTAMP as ISO 8601 in UTC with
 * microseconds; BLOB as base64; LIST and ARRAY as arrays; STRUCT and MAP as objects.
 */
export function toJsonValue(value: DuckDBValue): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  const nanos = nanosecondsOf(value);
  if (nanos !== undefined) return isoUtc(nanos);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) {
    return value.items.map(toJsonValue);
  }
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(
      Object.entries(value.entries).map(([key, entry]) => [key, toJsonValue(entry)]),
    );
  }
  if (value instanceof DuckDBMapValue) {
    return Object.fromEntries(
      value.entries.map(({ key, value: entry }) => [mapKey(key), toJsonValue(entry)]),
    );
  }
  if (value instanceof DuckDBUnionValue) return toJsonValue(value.value);
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  return String(value);
}

/** Nanoseconds since the epoch of any timestamp type; undefined for other values. */
function nanosecondsOf(value: object): bigint | undefined {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) {
    return value.micros * 1000n;
  }
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1_000_000n;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000_000_000n;
  return undefined;
}

const maxDateNanos = 8_640_000_000_000_000n * 1_000_000n;

/** Written by hand: the driver prints TIMESTAMPTZ in the process's zone, and Date has only ms. */
function isoUtc(nanos: bigint): string {
  if (nanos > maxDateNanos) return 'infinity';
  if (nanos < -maxDateNanos) return '-infinity';
  const fraction = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (nanos - fraction) / 1_000_000_000n;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  const digits = fraction.toString().padStart(9, '0').replace(/0{3}$/, '');
  return `${whole}.${digits}Z`;
}

function mapKey(key: DuckDBValue): string {
  const json = toJsonValue(key);
  return typeof json === 'string' ? json : JSON.stringify(json);
}
