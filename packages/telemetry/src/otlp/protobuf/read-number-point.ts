import { knownFields } from '../../wire/known-fields.js';
import type { WireReader } from '../../wire/wire-reader.js';
import type { PointDraft } from '../point-draft.js';
import type { ProtobufAttributes } from './protobuf-attributes.js';
import { readTime } from './read-time.js';

const known = knownFields(2, 3, 4, 5, 6, 7, 8);

/** Reads a NumberDataPoint: the point of a gauge or a sum. */
export function readNumberPoint(
  reader: WireReader,
  end: number,
  draft: PointDraft,
  attributes: ProtobufAttributes,
): void {
  draft.reset();
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
      case 0x21: // double as_double = 4
        draft.value = reader.double(end);
        draft.hasValue = true;
        break;
      case 0x31: // sfixed64 as_int = 6
        draft.value = reader.signed64(end);
        draft.hasValue = true;
        break;
      case 0x40: // uint32 flags = 8
        draft.flags = reader.uint32(end);
        break;
      case 0x2a: // repeated Exemplar exemplars = 5
        reader.skipBytes(end);
        break;
      default:
        reader.skipUnknown(tag, known, end);
    }
  }
}
