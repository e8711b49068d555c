import { HeapArena, type ByteArena } from './byte-arena.js';

const initialSlots = 64;
/** A bound on work when hashes collide, by chance or on purpose: the table then forgets, no more. */
const maxProbes = 16;
/** Before an entry's bytes: their length and their context, uint32 each. */
const headBytes = 8;

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
  #offsets = new Float64Array(initialSlots);
  #values = new Uint32Array(initialSlots);
  #entries = 0;
  readonly #arena: ByteArena;
  /** Entry found last: senders repeat their order, so the next one is tried first. */
  #last = -1;

  /** @param arena all of it becomes the table's */
  constructor(arena: ByteArena = new HeapArena()) {
    this.#arena = arena;
    arena.clear();
  }

  /** Bytes held. */
  get sizeBytes(): number {
    return this.#arena.sizeBytes + this.#entries * 24;
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

  /** Where in the arena the entry lies that was added after the one found last; -1: there is none. */
  get nextAt(): number {
    const next = this.#last + 1;
    return next < this.#entries ? this.#offsets[next]! : -1;
  }

  /** The number of that entry, which thereby is the one found last. */
  takeNext(): number {
    this.#last += 1;
    return this.#values[this.#last]!;
  }

  /** Stores a number for bytes that `find` did not find. */
  add(context: number, view: DataView, from: number, to: number, value: number): void {
    if (this.#entries * 2 >= this.#slots.length) this.#grow();
    const hash = hashOf(context, view, from, to);
    const slot = this.#freeSlot(hash);
    if (slot < 0) return;
    const offset = this.#store(context, view, from, to - from);
    if (offset < 0) return;
    const entry = this.#entries++;
    this.#slots[slot] = entry + 1;
    this.#hashes[entry] = hash;
    this.#offsets[entry] = offset;
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
    const arena = this.#arena.view;
    const head = this.#offsets[entry]!;
    if (arena.getUint32(head, true) !== length) return false;
    if (arena.getUint32(head + 4, true) !== context) return false;
    const offset = head + headBytes;
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

  /** Entries lie one behind the other, each a multiple of eight bytes. */
  #store(context: number, view: DataView, from: number, length: number): number {
    const offset = this.#arena.take(Math.ceil((headBytes + length) / 8) * 8);
    if (offset < 0) return -1;
    const arena = this.#arena.view;
    arena.setUint32(offset, length, true);
    arena.setUint32(offset + 4, context, true);
    new Uint8Array(arena.buffer, arena.byteOffset + offset + headBytes, length).set(
      new Uint8Array(view.buffer, view.byteOffset + from, length),
    );
    return offset;
  }

  #grow(): void {
    const size = this.#slots.length * 2;
    this.#hashes = grown(this.#hashes, new Int32Array(size));
    this.#offsets = grown(this.#offsets, new Float64Array(size));
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
