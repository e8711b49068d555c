const initialSlots = 64;
const initialArenaBytes = 4096;
/** A bound on work when hashes collide, by chance or on purpose: the table then forgets, no more. */
const maxProbes = 16;

/**
 * A map from (context, bytes) to a number that neither reads nor writes allocate for.
 *
 * It may forget an entry whose place is crowded, so it can only speed up what can be found out
 * another way. Bytes are copied into one arena, compared in full, and never trusted to their hash.
 */
export class ByteTable {
  /** Index of an entry plus one; 0 is free. */
  #slots = new Int32Array(initialSlots);
  #hashes = new Int32Array(initialSlots);
  #contexts = new Uint32Array(initialSlots);
  #offsets = new Float64Array(initialSlots);
  #lengths = new Uint32Array(initialSlots);
  #values = new Uint32Array(initialSlots);
  #entries = 0;
  #arena = new DataView(new ArrayBuffer(initialArenaBytes));
  #arenaUsed = 0;
  /** Entry found last: senders repeat their order, so the next one is tried first. */
  #last = -1;

  /** Bytes held. */
  get sizeBytes(): number {
    return this.#arenaUsed + this.#entries * 32;
  }

  /** The number stored for these bytes, or -1. */
  find(context: number, view: DataView, from: number, to: number): number {
    const last = this.#last;
    if (last >= 0) {
      if (this.#holds(last, context, view, from, to)) return this.#values[last]!;
      const next = last + 1;
      if (next < this.#entries && this.#holds(next, context, view, from, to)) {
        this.#last = next;
        return this.#values[next]!;
      }
    }
    const hash = hashOf(context, view, from, to);
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < maxProbes; probe++) {
      const entry = this.#slots[(hash + probe) & mask]! - 1;
      if (entry < 0) return -1;
      if (this.#hashes[entry] === hash && this.#holds(entry, context, view, from, to)) {
        this.#last = entry;
        return this.#values[entry]!;
      }
    }
    return -1;
  }

  /**
   * Where the bytes end that are stored next to those found last, if they lie at `from` and end by `to`;
   * else -1. They then are what was found last: see {@link valueOfLast}.
   */
  follow(context: number, view: DataView, from: number, to: number): number {
    const next = this.#last + 1;
    if (next >= this.#entries) return -1;
    const end = from + this.#lengths[next]!;
    if (end > to || !this.#holds(next, context, view, from, end)) return -1;
    this.#last = next;
    return end;
  }

  /** The number stored for the bytes that were found last. */
  get valueOfLast(): number {
    return this.#values[this.#last]!;
  }

  /** Stores a number for bytes that `find` did not find. */
  add(context: number, view: DataView, from: number, to: number, value: number): void {
    if (this.#entries * 2 >= this.#slots.length) this.#grow();
    const hash = hashOf(context, view, from, to);
    const slot = this.#freeSlot(hash);
    if (slot < 0) return;
    const length = to - from;
    const entry = this.#entries++;
    this.#slots[slot] = entry + 1;
    this.#hashes[entry] = hash;
    this.#contexts[entry] = context;
    this.#offsets[entry] = this.#store(view, from, length);
    this.#lengths[entry] = length;
    this.#values[entry] = value;
    this.#last = entry;
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < maxProbes; probe++) {
      const slot = (hash + probe) & mask;
      if (this.#slots[slot] === 0) return slot;
    }
    return -1;
  }

  #holds(entry: number, context: number, view: DataView, from: number, to: number): boolean {
    const length = to - from;
    if (this.#contexts[entry] !== context || this.#lengths[entry] !== length) return false;
    const arena = this.#arena;
    const offset = this.#offsets[entry]!;
    // Attributes of one metric tend to differ near their end.
    const last = length - 4;
    if (last >= 0 && arena.getInt32(offset + last) !== view.getInt32(from + last)) return false;
    let at = 0;
    // Four words at once: half the time of one by one.
    for (; at + 16 <= length; at += 16) {
      const a = offset + at;
      const b = from + at;
      const difference =
        (arena.getInt32(a) ^ view.getInt32(b)) |
        (arena.getInt32(a + 4) ^ view.getInt32(b + 4)) |
        (arena.getInt32(a + 8) ^ view.getInt32(b + 8)) |
        (arena.getInt32(a + 12) ^ view.getInt32(b + 12));
      if (difference !== 0) return false;
    }
    for (; at + 4 <= length; at += 4) {
      if (arena.getInt32(offset + at) !== view.getInt32(from + at)) return false;
    }
    for (; at < length; at += 1) {
      if (arena.getInt8(offset + at) !== view.getInt8(from + at)) return false;
    }
    return true;
  }

  #store(view: DataView, from: number, length: number): number {
    const offset = this.#arenaUsed;
    const used = offset + length;
    if (used > this.#arena.byteLength) {
      const larger = new Uint8Array(Math.max(used, this.#arena.byteLength * 2));
      larger.set(new Uint8Array(this.#arena.buffer, 0, offset));
      this.#arena = new DataView(larger.buffer);
    }
    new Uint8Array(this.#arena.buffer, offset, length).set(
      new Uint8Array(view.buffer, view.byteOffset + from, length),
    );
    this.#arenaUsed = used;
    return offset;
  }

  #grow(): void {
    const size = this.#slots.length * 2;
    this.#hashes = grown(this.#hashes, new Int32Array(size));
    this.#contexts = grown(this.#contexts, new Uint32Array(size));
    this.#offsets = grown(this.#offsets, new Float64Array(size));
    this.#lengths = grown(this.#lengths, new Uint32Array(size));
    this.#values = grown(this.#values, new Uint32Array(size));
    this.#slots = new Int32Array(size);
    for (let entry = 0; entry < this.#entries; entry++) {
      const slot = this.#freeSlot(this.#hashes[entry]!);
      if (slot >= 0) this.#slots[slot] = entry + 1;
    }
  }
}

function grown<A extends { set(values: A): void }>(from: A, into: A): A {
  into.set(from);
  return into;
}

/** A multiplicative hash over words of four bytes; spreading is all it has to do. */
function hashOf(context: number, view: DataView, from: number, to: number): number {
  let hash = Math.imul(context + 1, 0x9e3779b1) ^ (to - from);
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x85ebca6b);
    hash = (hash << 13) | (hash >>> 19);
  }
  for (; at < to; at++) hash = Math.imul(hash ^ view.getInt8(at), 0xc2b2ae35);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  return hash ^ (hash >>> 15);
}
