/** Memory that is given out piece by piece, from its start on. */
export interface ByteArena {
  /** All of it. Offsets are positions in it. */
  readonly view: DataView;
  /** Given out. bytes */
  readonly sizeBytes: number;
  /** @param bytes a multiple of eight @returns the offset; -1: there is no room */
  take(bytes: number): number;
  /** Takes all of it back. */
  clear(): void;
}

const initialBytes = 4096;

/** One that grows by copying. */
export class HeapArena implements ByteArena {
  #view = new DataView(new ArrayBuffer(initialBytes));
  #used = 0;

  get view(): DataView {
    return this.#view;
  }

  get sizeBytes(): number {
    return this.#used;
  }

  take(bytes: number): number {
    const offset = this.#used;
    this.#used += bytes;
    if (this.#used > this.#view.byteLength) {
      const larger = new Uint8Array(Math.max(this.#used, this.#view.byteLength * 2));
      larger.set(new Uint8Array(this.#view.buffer, 0, offset));
      this.#view = new DataView(larger.buffer);
    }
    return offset;
  }

  clear(): void {
    this.#view = new DataView(new ArrayBuffer(initialBytes));
    this.#used = 0;
  }
}
