import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { PointDraft } from '../point-draft.js';
import type { ProtobufAttributes } from './protobuf-attributes.js';
import { readPackedDoubles, readPackedUnsigned64 } from './read-number-lists.js';
import { readTime } from './read-time.js';

const known = knownFields(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

/** Reads a HistogramDataPoint. */
export function readHistogramPoint(
  reader: WireReader,
  end: number,
  draft: PointDraft,
  attributes: ProtobufAttributes,
): void {
  draft.resetDistribution();
  attributes.reset(9);
  while (reader.pos < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case 0x4a: // repeated KeyValue attributes = 9
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
      case 0x29: // optional double sum = 5
        draft.sum = reader.double(end);
        break;
      case 0x32: // repeated fixed64 bucket_counts = 6, packed
        readPackedUnsigned64(reader, end, draft.bucketCounts);
        break;
      case 0x31: // the same, one by one
        draft.bucketCounts.push(reader.unsigned64(end));
        break;
      case 0x3a: // repeated double explicit_bounds = 7, packed
        readPackedDoubles(reader, end, draft.bounds);
        break;
      case 0x39: // the same, one by one
        draft.bounds.push(reader.double(end));
        break;
      case 0x50: // uint32 flags = 10
        draft.flags = reader.uint32(end);
        break;
      case 0x59: // optional double min = 11
        draft.min = reader.double(end);
        break;
      case 0x61: // optional double max = 12
        draft.max = reader.double(end);
        break;
      case 0x42: // repeated Exemplar exemplars = 8
        reader.skipBytes(end);
        break;
      default:
        reader.skipUnknown(tag, known, end);
    }
  }
}
