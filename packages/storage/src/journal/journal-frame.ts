import { crc32 } from 'node:zlib';

/** What was added to the journal at one time. Sequences grow by one from entry to entry. */
export interface JournalEntry {
  readonly sequence: number;
  /** A multiple of eight bytes. */
  readonly bytes: Uint8Array;
}

/** What a journal file holds. */
export interface JournalContents {
  readonly entries: readonly JournalEntry[];
  /** Where a frame is broken although newer ones follow, which no crash leaves; undefined: nowhere. */
  readonly damagedAt: number | undefined;
}

const magic = 0x314a4f43; // 'COJ1'
/** Magic, checksum of all after it, length of the payload, entries: uint32; first sequence: float64. */
const headerBytes = 24;
const checkedFrom = 8;

/**
 * Entries that are written together, and are there together or not at all: a header, the entries'
 * lengths, the entries. A multiple of eight bytes.
 *
 * @param entries at least one, of consecutive sequences
 */
export function toFrame(entries: readonly JournalEntry[]): Uint8Array[] {
  const lengths = new Uint8Array(lengthsSize(entries.length));
  new Uint32Array(lengths.buffer, 0, entries.length).set(entries.map(({ bytes }) => bytes.length));
  const parts = [lengths, ...entries.map(({ bytes }) => bytes)];
  const header = new Uint8Array(headerBytes);
  const fields = new DataView(header.buffer);
  fields.setUint32(0, magic, true);
  fields.setUint32(
    8,
    parts.reduce((sum, part) => sum + part.length, 0),
    true,
  );
  fields.setUint32(12, entries.length, true);
  fields.setFloat64(16, entries[0]!.sequence, true);
  let sum = crc32(header.subarray(checkedFrom));
  for (const part of parts) sum = crc32(part, sum);
  fields.setUint32(4, sum, true);
  return [header, ...parts];
}

/**
 * Reads a journal file, which is written over from its start again and again: behind the frames of
 * this round lie older ones, which have smaller sequences. The last frame may be cut off by a crash.
 *
 * @param drainedUntil the sequence up to which entries are of no interest
 */
export function readFrames(file: Uint8Array, drainedUntil: number): JournalContents {
  const entries: JournalEntry[] = [];
  let at = 0;
  let newest = 0;
  for (;;) {
    const frame = frameAt(file, at);
    if (!frame || frame.entries[0]!.sequence <= newest) break;
    entries.push(...frame.entries.filter(({ sequence }) => sequence > drainedUntil));
    newest = frame.entries.at(-1)!.sequence;
    at += frame.length;
  }
  const isDamaged = hasNewer(file, at, Math.max(newest, drainedUntil));
  return { entries, damagedAt: isDamaged ? at : undefined };
}

function hasNewer(file: Uint8Array, from: number, newest: number): boolean {
  const words = new Uint32Array(file.buffer, file.byteOffset, file.length >> 2);
  for (let at = from; at + headerBytes <= file.length; at += 8) {
    if (words[at >> 2] !== magic) continue;
    const frame = frameAt(file, at);
    if (frame && frame.entries.at(-1)!.sequence > newest) return true;
  }
  return false;
}

function frameAt(
  file: Uint8Array,
  at: number,
): { entries: JournalEntry[]; length: number } | undefined {
  if (at + headerBytes > file.length) return undefined;
  const fields = new DataView(file.buffer, file.byteOffset + at);
  const size = fields.getUint32(8, true);
  const count = fields.getUint32(12, true);
  const length = headerBytes + size;
  if (fields.getUint32(0, true) !== magic || at + length > file.length) return undefined;
  const isWhole =
    crc32(file.subarray(at + checkedFrom, at + length)) === fields.getUint32(4, true) && count > 0;
  if (!isWhole) return undefined;
  const first = fields.getFloat64(16, true);
  const entries: JournalEntry[] = [];
  let start = at + headerBytes + lengthsSize(count);
  for (let index = 0; index < count; index += 1) {
    const end = start + fields.getUint32(headerBytes + index * 4, true);
    entries.push({ sequence: first + index, bytes: file.subarray(start, end) });
    start = end;
  }
  return { entries, length };
}

function lengthsSize(count: number): number {
  return Math.ceil((count * 4) / 8) * 8;
}
