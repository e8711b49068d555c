import type { ByteArena } from '../byte-arena.js';
import { kernelBase64 } from './gen/kernel-base64.js';

/** What of WebAssembly's API is used; the types of Node.js 20 lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** What `assembly/` exports. Addresses and lengths in bytes. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly stoppedAt: { readonly value: number };
  uncompress(from: number, end: number, to: number, length: number): number;
  follow(
    at: number,
    end: number,
    entry: number,
    entriesEnd: number,
    context: number,
    out: number,
    most: number,
  ): number;
}

const pageBytes = 65_536;
/** The first address that is ours. */
const messageAt = 1024;
/** What is read and written behind the end of something, at most. */
const slackBytes = 64;
/** Samples that {@link Kernel.follow} reads at once. */
const mostSamples = 4096;
/** A time and a value. */
const sampleBytes = 16;

let module: object | undefined;

/**
 * The parts of decoding that touch every byte, as WebAssembly with SIMD: several times as fast as JavaScript.
 * A message lies in its memory, followed by samples that were read, by the block that the message was, and
 * by an arena for what is known.
 */
export class Kernel {
  readonly #exports: KernelExports;
  readonly #messageBytes: number;
  readonly #blockBytes: number;
  readonly #samplesAt: number;
  readonly #blockAt: number;
  readonly arena: KernelArena;

  /** @param messageBytes of the largest message @param blockBytes of the largest block */
  constructor(messageBytes: number, blockBytes: number) {
    module ??= new WebAssembly.Module(Buffer.from(kernelBase64, 'base64'));
    this.#exports = new WebAssembly.Instance(module).exports as KernelExports;
    this.#messageBytes = messageBytes;
    this.#blockBytes = blockBytes;
    this.#samplesAt = aligned(messageAt + messageBytes + slackBytes);
    this.#blockAt = this.#samplesAt + mostSamples * sampleBytes;
    this.arena = new KernelArena(this.#exports, aligned(this.#blockAt + blockBytes + slackBytes));
  }

  /** Whether there is room for a message, and for a block that becomes it. */
  holds(messageBytes: number, blockBytes = 0): boolean {
    return messageBytes <= this.#messageBytes && blockBytes <= this.#blockBytes;
  }

  /**
   * Uncompresses a snappy block into the place of the message.
   *
   * @param from where its elements begin
   * @param length of the message
   * @returns 0, or what is wrong: see `assembly/uncompress.ts`
   */
  uncompress(block: Uint8Array, from: number, length: number): number {
    const { memory, uncompress } = this.#exports;
    new Uint8Array(memory.buffer, this.#blockAt, block.length).set(block);
    const at = this.#blockAt;
    return uncompress(at + from, at + block.length, messageAt, length);
  }

  /** Where in the block {@link uncompress} stopped. */
  get stoppedInBlock(): number {
    return this.#exports.stoppedAt.value - this.#blockAt;
  }

  /** The message, in place: until another one, or until the arena grows. */
  message(length: number): Uint8Array {
    return new Uint8Array(this.#exports.memory.buffer, messageAt, length);
  }

  /** Copies a message in. */
  hold(message: Uint8Array): Uint8Array {
    const held = this.message(message.length);
    held.set(message);
    return held;
  }

  /**
   * Reads samples of the message from `at` on, as long as they are of the series in the arena, one after the
   * other.
   *
   * @param entry where in the arena the first of them is
   * @returns how many; see {@link samples} and {@link stoppedInMessage}
   */
  follow(at: number, end: number, entry: number, context: number): number {
    return this.#exports.follow(
      messageAt + at,
      messageAt + end,
      entry,
      this.arena.end,
      context,
      this.#samplesAt,
      mostSamples,
    );
  }

  get stoppedInMessage(): number {
    return this.#exports.stoppedAt.value - messageAt;
  }

  /** What {@link follow} read: time, ms, and value in turn. */
  samples(count: number): Float64Array {
    return new Float64Array(this.#exports.memory.buffer, this.#samplesAt, count * 2);
  }
}

/** The end of a kernel's memory. Offsets are addresses. */
export class KernelArena implements ByteArena {
  readonly #memory: KernelExports['memory'];
  readonly #begin: number;
  #view: DataView;
  end: number;

  constructor({ memory }: KernelExports, begin: number) {
    this.#memory = memory;
    this.#begin = begin;
    this.end = begin;
    this.#view = new DataView(memory.buffer);
    this.reserve(0);
  }

  get view(): DataView {
    return this.#view;
  }

  get sizeBytes(): number {
    return this.end - this.#begin;
  }

  /** Makes room for so many more bytes, which ends all views of the memory if it has to grow for it. */
  reserve(bytes: number): void {
    const missing = this.end + bytes + slackBytes - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    this.#memory.grow(Math.ceil(missing / pageBytes));
    this.#view = new DataView(this.#memory.buffer);
  }

  /** Room is what was reserved: views of the message stay valid. */
  take(bytes: number): number {
    const at = this.end;
    if (at + bytes + slackBytes > this.#view.byteLength) return -1;
    this.end += bytes;
    return at;
  }

  clear(): void {
    this.end = this.#begin;
  }
}

function aligned(address: number): number {
  return Math.ceil(address / 8) * 8;
}
