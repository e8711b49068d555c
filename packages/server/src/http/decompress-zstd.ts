import type { Transform } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { zstdFrames } from './zstd-frames.js';

/** Largest window taken: what `zstd -22` uses without `--long` is 8 MiB for bodies of our size. */
export const maxZstdWindowBytes = 32 * 1024 * 1024;
/** How much is decompressed before others get their turn, compressed bytes. */
const stepBytes = 65_536;

/** Newer than the types of the oldest Node that is supported. */
interface ZstdSince22 {
  readonly createZstdDecompress?: (options: { chunkSize: number }) => Transform;
}

/**
 * Decompresses Zstandard data part by part, by Node where it can (since 22.15), else in JavaScript.
 *
 * The parts are to be counted by who takes them, because data of a few bytes may stand for any
 * number. No more than `maxBytes`, a part, and a window are held at once.
 *
 * @throws {Error} when it is not Zstandard data, or needs a window beyond {@link maxZstdWindowBytes}
 */
export async function* decompressZstd(
  data: Uint8Array,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  const { createZstdDecompress } = zlib as ZstdSince22;
  for (const { start, end } of zstdFrames(data, maxZstdWindowBytes)) {
    const frame = data.subarray(start, end);
    if (createZstdDecompress === undefined) yield* decompressFrame(frame, maxBytes);
    else yield* createZstdDecompress({ chunkSize: stepBytes }).end(frame);
  }
}

/** One frame at a time, so that no header is believed that was not looked at before. */
async function* decompressFrame(frame: Uint8Array, maxBytes: number): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let held = 0;
  const enough = new Error('more than was asked for');
  const decoder = new Decompress((part) => {
    parts.push(part);
    held += part.length;
    if (held > maxBytes) throw enough;
  });
  for (let at = 0; at < frame.length; at += stepBytes) {
    const stop = Math.min(at + stepBytes, frame.length);
    try {
      decoder.push(frame.subarray(at, stop), stop === frame.length);
    } catch (reason) {
      if (reason !== enough) throw reason;
    }
    yield* parts;
    if (held > maxBytes) return;
    parts = [];
    await nextTurn();
  }
}
