import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { PointDraft } from '../point-draft.js';
import type { ProtobufAttributes } from './protobuf-attributes.js';
import { readTime } from './read-time.js';

const known = knownFields(2, 3, 4, 5, 6, 7, 8);
const knownInQuantile = knownFields(1, 2);

/** Reads a SummaryDataPoint. */
export function readSummaryPoint(
  reader: WireReader,
  end: number,
  draft: PointDraft,
  attributes: ProtobufAttributes,
): void {
  draft.resetDistribution();
  draft.sum = 0; // not optional here: absent means 0
  attributes.reset(7);
  while (reader.pos < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case 0x3a: // repeated KeyValue attributes = 7
        attributes.take(end);
        break;
      case 0x11: // fixed64 start_time_unix_nano = 2
        draft.startTimeUs = readTime(reader, end);
        break;
      case 0x19: // fixed64 time_unix_nano = 3
        draft.timeUs = readTime(reader, end);
        break;
      case 0x21: // fixed64 count = 4
        draft.count = reader.unsigned64(end);
        break;
      case 0x29: // double sum = 5
        draft.sum = reader.double(end);
        break;
      case 0x32: // repeated ValueAtQuantile quantile_values = 6
        readValueAtQuantile(reader, end, draft);
        break;
      case 0x40: // uint32 flags = 8
        draft.flags = reader.uint32(end);
        break;
      default:
        reader.skipUnknown(tag, known, end);
    }
  }
}

function readValueAtQuantile(reader: WireReader, outerEnd: number, draft: PointDraft): void {
  const end = reader.length(outerEnd);
  let quantile = 0;
  let value = 0;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === 0x09) quantile = reader.double(end);
    else if (tag === 0x11) value = reader.double(end);
    else reader.skipUnknown(tag, knownInQuantile, end);
  }
  draft.quantiles.push(quantile);
  draft.quantileValues.push(value);
}
