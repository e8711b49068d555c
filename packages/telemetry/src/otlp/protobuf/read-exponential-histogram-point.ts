import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { NumberList } from '../number-list.js';
import type { PointDraft } from '../point-draft.js';
import type { ProtobufAttributes } from './protobuf-attributes.js';
import { readPackedVarints } from './read-number-lists.js';
import { readTime } from './read-time.js';

const known = knownFields(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
const knownInBuckets = knownFields(1, 2);

/** Reads an ExponentialHistogramDataPoint. */
export function readExponentialHistogramPoint(
  reader: WireReader,
  end: number,
  draft: PointDraft,
  attributes: ProtobufAttributes,
): void {
  draft.resetDistribution();
  attributes.reset(1);
  while (reader.pos < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case 0x0a: // repeated KeyValue attributes = 1
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
      case 0x30: // sint32 scale = 6
        draft.scale = reader.sint32(end);
        break;
      case 0x39: // fixed64 zero_count = 7
        draft.zeroCount = reader.unsigned64(end);
        break;
      case 0x42: // Buckets positive = 8
        draft.positiveOffset = readBuckets(reader, end, draft.positiveOffset, draft.positive);
        break;
      case 0x4a: // Buckets negative = 9
        draft.negativeOffset = readBuckets(reader, end, draft.negativeOffset, draft.negative);
        break;
      case 0x50: // uint32 flags = 10
        draft.flags = reader.uint32(end);
        break;
      case 0x61: // optional double min = 12
        draft.min = reader.double(end);
        break;
      case 0x69: // optional double max = 13
        draft.max = reader.double(end);
        break;
      case 0x5a: // repeated Exemplar exemplars = 11
        reader.skipBytes(end);
        break;
      case 0x71: // double zero_threshold = 14; the columns have no place for it
        reader.double(end);
        break;
      default:
        reader.skipUnknown(tag, known, end);
    }
  }
}

/** Appends the counts; returns the offset, or the one so far when none is set. */
function readBuckets(
  reader: WireReader,
  outerEnd: number,
  offsetSoFar: number,
  into: NumberList,
): number {
  const end = reader.length(outerEnd);
  let offset = offsetSoFar;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case 0x08: // sint32 offset = 1
        offset = reader.sint32(end);
        break;
      case 0x12: // repeated uint64 bucket_counts = 2, packed
        readPackedVarints(reader, end, into);
        break;
      case 0x10: // the same, one by one
        into.push(reader.uint64(end));
        break;
      default:
        reader.skipUnknown(tag, knownInBuckets, end);
    }
  }
  return offset;
}
