import type { WireReader } from '../../wire/wire-reader.js';
import type { NumberList } from '../number-list.js';

/** A packed `repeated fixed64`. */
export function readPackedUnsigned64(reader: WireReader, end: number, into: NumberList): void {
  const stop = reader.length(end);
  while (reader.pos < stop) into.push(reader.unsigned64(stop));
}

/** A packed `repeated double`. */
export function readPackedDoubles(reader: WireReader, end: number, into: NumberList): void {
  const stop = reader.length(end);
  while (reader.pos < stop) into.push(reader.double(stop));
}

/** A packed `repeated uint64`. */
export function readPackedVarints(reader: WireReader, end: number, into: NumberList): void {
  const stop = reader.length(end);
  while (reader.pos < stop) into.push(reader.uint64(stop));
}
