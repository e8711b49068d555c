import {
  BIGINT,
  DOUBLE,
  DuckDBTimestampValue,
  SQLNULL,
  timestampValue,
  TIMESTAMP,
  VARCHAR,
  BOOLEAN,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';

/** What our code binds to a statement's parameters. */
export type SqlParameter = string | number | bigint | boolean | Date | null | undefined;

/** The driver's form of a parameter: UTC microseconds for a Date, NULL for undefined. */
export function toDuckDBValue(value: SqlParameter): DuckDBValue {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return timestampValue(BigInt(value.getTime()) * 1000n);
  return value;
}

/** The type to bind a parameter as; the driver would take any whole number for an integer. */
export function duckDBTypeOf(value: SqlParameter): DuckDBType {
  if (value === undefined || value === null) return SQLNULL;
  if (value instanceof Date) return TIMESTAMP;
  switch (typeof value) {
    case 'string':
      return VARCHAR;
    case 'boolean':
      return BOOLEAN;
    case 'bigint':
      return BIGINT;
    default:
      return Number.isSafeInteger(value) ? BIGINT : DOUBLE;
  }
}

/** Our form of a column's value: Date for TIMESTAMP (to the millisecond), number for integers. */
export function fromDuckDBValue(value: DuckDBValue): unknown {
  if (value === null) return undefined;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof DuckDBTimestampValue) return new Date(Number(value.micros / 1000n));
  return value;
}
