/** Shorter texts are copied faster byte by byte than by a call. Measured. */
const longText = 32;

/**
 * Labels in the bytes that remote write 1.0 sends them in, written again and again into the same
 * memory: what series are found by.
 */
export class LabelBytes {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get view(): DataView {
    return this.#view;
  }

  /** Bytes written since the last {@link clear}. */
  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** Writes one label, whose name and value lie in `source`. */
  add(source: Uint8Array, name: number, nameEnd: number, value: number, valueEnd: number): void {
    const nameLength = nameEnd - name;
    const valueLength = valueEnd - value;
    const length = 2 + varintSize(nameLength) + nameLength + varintSize(valueLength) + valueLength;
    this.#reserve(1 + varintSize(length) + length);
    this.#bytes[this.#length++] = 0x0a;
    this.#varint(length);
    this.#bytes[this.#length++] = 0x0a;
    this.#text(source, name, nameEnd);
    this.#bytes[this.#length++] = 0x12;
    this.#text(source, value, valueEnd);
  }

  #text(source: Uint8Array, from: number, to: number): void {
    const bytes = this.#bytes;
    const length = to - from;
    this.#varint(length);
    let at = this.#length;
    if (length > longText) bytes.set(source.subarray(from, to), at);
    else for (let i = from; i < to; i++) bytes[at++] = source[i]!;
    this.#length += length;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.#bytes[this.#length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

function varintSize(value: number): number {
  return value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : value < 268_435_456 ? 4 : 5;
}
