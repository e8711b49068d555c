/** One frame of Zstandard data, before it is decompressed. */
export interface ZstdFrame {
  /** Where it stands in the data. */
  readonly start: number;
  readonly end: number;
  /** Memory that decompressing it takes: how far back its blocks may refer, bytes. */
  readonly windowBytes: number;
}

const magic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
/** Largest block, however large the window. */
const maxBlockBytes = 128 * 1024;

/**
 * Walks the frames and blocks of Zstandard data without decompressing anything: what is cut, or
 * announces more than `maxWindowBytes`, is known before memory is taken for it.
 *
 * Shape: the frames in order; skippable ones are left out. [] for no bytes.
 * Source: RFC 8878 §3.1.
 * @throws {RangeError} when a frame needs a larger window
 * @throws {SyntaxError} when the bytes are no such data
 */
export function zstdFrames(data: Uint8Array, maxWindowBytes: number): ZstdFrame[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const need = (at: number, bytes: number): void => {
    if (at + bytes > data.length) throw new SyntaxError('unexpected end of data');
  };
  const frames: ZstdFrame[] = [];
  let at = 0;
  while (at < data.length) {
    need(at, 5);
    const start = at;
    const kind = view.getUint32(at, true);
    if ((kind & 0xfffffff0) >>> 0 === skippableMagic) {
      need(at, 8);
      at += 8 + view.getUint32(at + 4, true);
      need(at, 0);
      continue;
    }
    if (kind !== magic) throw new SyntaxError('no Zstandard frame');
    const header = readHeader(view, start, need);
    if (header.windowBytes > maxWindowBytes) {
      throw new RangeError(
        `a frame needs a window of ${header.windowBytes} bytes, more than ${maxWindowBytes}`,
      );
    }
    at = header.end;
    for (let last = false; !last;) {
      need(at, 3);
      const word = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
      const [type, size] = [(word >> 1) & 3, word >> 3];
      if (type === 3) throw new SyntaxError('invalid block type');
      if (size > maxBlockBytes) throw new SyntaxError('a block is too large');
      // A block of type 1 is one byte, repeated.
      at += 3 + (type === 1 ? 1 : size);
      need(at, 0);
      last = (word & 1) === 1;
    }
    at += header.checksumBytes;
    need(at, 0);
    frames.push({ start, end: at, windowBytes: header.windowBytes });
  }
  return frames;
}

function readHeader(
  view: DataView,
  start: number,
  need: (at: number, bytes: number) => void,
): { end: number; windowBytes: number; checksumBytes: number } {
  const descriptor = view.getUint8(start + 4);
  if ((descriptor & 8) !== 0) throw new SyntaxError('a reserved bit is set');
  const singleSegment = (descriptor & 32) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  let at = start + 5;
  need(at, (singleSegment ? 0 : 1) + dictionaryBytes + sizeBytes);
  let windowBytes = 0;
  if (!singleSegment) {
    const window = view.getUint8(at);
    const base = 2 ** (10 + (window >> 3));
    windowBytes = base + (base / 8) * (window & 7);
    at += 1;
  }
  for (let i = 0; i < dictionaryBytes; i++) {
    if (view.getUint8(at + i) !== 0) throw new SyntaxError('a dictionary is needed');
  }
  at += dictionaryBytes;
  if (singleSegment) windowBytes = readSize(view, at, sizeBytes);
  return { end: at + sizeBytes, windowBytes, checksumBytes: (descriptor & 4) === 0 ? 0 : 4 };
}

function readSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  // Two bytes begin where one ends.
  if (bytes === 2) return view.getUint16(at, true) + 256;
  const low = view.getUint32(at, true);
  return bytes === 4 ? low : low + view.getUint32(at + 4, true) * 2 ** 32;
}
