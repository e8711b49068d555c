/**
 * How a write-ahead log of DuckDB begins: its version, and nothing else. Entries follow: 8 bytes
 * length, 8 bytes checksum, and the entry.
 */
export const logHeader = Buffer.from([0x64, 0x00, 0x62, 0x65, 0x00, 0x02, 0xff, 0xff]);
export const versionAt = 5;
export const entryHeaderBytes = 16;

/** How an entry begins that says a CHECKPOINT is about to make a block the file's root. */
const checkpointEntry = Buffer.from([0x64, 0x00, 0x63, 0x65, 0x00]);
/** What comes before the block's number, which is left out when it is 0. */
const rootField = Buffer.from([0x64, 0x00]);

/** Where an entry ends by its own account; an empty one, which there is none of, where it begins. */
export function endOfEntry(log: Buffer, start: number): number {
  if (start + entryHeaderBytes > log.length) return log.length;
  const length = log.readBigUInt64LE(start);
  return length === 0n ? start : start + entryHeaderBytes + Number(length);
}

/**
 * The root that a CHECKPOINT at the log's end was about to write; undefined when the log does not end in
 * one. Whether it came that far, only the file's header tells.
 */
export function rootOfLastCheckpoint(log: Buffer): bigint | undefined {
  const starts: number[] = [];
  for (let start = logHeader.length; start + entryHeaderBytes < log.length;) {
    starts.push(start);
    const next = endOfEntry(log, start);
    if (next === start) break;
    start = next;
  }
  // The entry itself, and the one that commits it.
  for (const start of starts.slice(-2)) {
    const entry = log.subarray(start + entryHeaderBytes, endOfEntry(log, start));
    if (entry.indexOf(checkpointEntry) !== 0) continue;
    const fields = entry.subarray(checkpointEntry.length);
    return fields.indexOf(rootField) === 0 ? variableLength(fields, rootField.length) : 0n;
  }
  return undefined;
}

/** A number in groups of seven bits, the lowest first. */
function variableLength(bytes: Buffer, at: number): bigint {
  let value = 0n;
  for (let index = at; index < bytes.length; index += 1) {
    value |= BigInt(bytes[index]! & 0x7f) << BigInt(7 * (index - at));
    if (bytes[index]! < 0x80) break;
  }
  return value;
}
