import { DuckDBTimestampValue, timestampValue, type DuckDBValue } from '@duckdb/node-api';

/** What our code binds to a statement's parameters. */
export type SqlParameter = string | number | bigint | boolean | Date | null | undefined;

/** The driver's form of a parameter: UTC microseconds for a Date, NULL for undefined. */
export function toDuckDBValue(value: SqlParameter): DuckDBValue {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return timestampValue(BigInt(value.getTime()) * 1000n);
  return value;
}

/** Our form of a column's value: Date for TIMESTAMP (to the millisecond), number for integers. */
export function fromDuckDBValue(value: DuckDBValue): unknown {
  if (value === null) return undefined;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof DuckDBTimestampValue) return new Date(Number(value.micros / 1000n));
  return value;
}
