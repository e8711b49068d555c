import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { invalidField } from '../field.js';

/** Times that DuckDB and protobuf both know: the years 1 to 9999. Seconds since the epoch, UTC. */
const earliestS = -62_135_596_800n;
const latestS = 253_402_300_799n;

/** A time as protobuf has it. */
export function toTimestamp(date: Date): Timestamp {
  return timestampFromDate(date);
}

/**
 * A time of a request, to the millisecond; undefined when absent.
 * @throws {ServerError} `SERVER_INPUT_INVALID` when it is outside the years 1 to 9999
 */
export function fromTimestamp(field: string, value: Timestamp | undefined): Date | undefined {
  if (value === undefined) return undefined;
  const { seconds, nanos } = value;
  if (seconds < earliestS || seconds > latestS || nanos < 0 || nanos > 999_999_999) {
    throw invalidField(field, 'must be a time of the years 1 to 9999');
  }
  return new Date(Number(seconds) * 1_000 + Math.floor(nanos / 1_000_000));
}
