import type { WireReader } from '../../wire/wire-reader.js';
import { unixMicroseconds } from '../unix-microseconds.js';

/** A fixed64 of nanoseconds as microseconds, or `timeMissing`. */
export function readTime(reader: WireReader, end: number): number {
  reader.fixed64(end);
  return unixMicroseconds(reader.high, reader.low);
}
