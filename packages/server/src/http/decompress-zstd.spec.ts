import { Zstd } from '@hpcc-js/wasm-zstd';
import { seededRandom } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { decompressZstd } from './decompress-zstd.js';
import { zstdFrames } from './zstd-frames.js';

const zstd = await Zstd.load();

async function decompress(data: Uint8Array, maxBytes = 1e8): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of decompressZstd(data, maxBytes)) parts.push(part);
  return Buffer.concat(parts);
}

/** As encoders write whose source has no known length: without the size in the header. */
function compressStream(...chunks: Uint8Array[]): Uint8Array {
  zstd.reset();
  const parts = chunks.map((chunk) => zstd.compressChunk(chunk));
  return Buffer.concat([...parts, zstd.compressEnd()]);
}

/** Text that compresses by its repetitions, as telemetry does, at any length. */
function someText(random: ReturnType<typeof seededRandom>, length: number): Buffer {
  const words = Array.from({ length: 200 }, () => random.bytes(random.integer(1, 12)));
  const parts: Uint8Array[] = [];
  for (let size = 0; size < length; size += parts.at(-1)!.length) parts.push(random.pick(words));
  return Buffer.concat(parts).subarray(0, length);
}

describe('decompressZstd', () => {
  const random = seededRandom();
  const lengths = [0, 1, 255, 256, 257, 65_791, 65_792, 131_071, 131_073, 1_000_000];

  it.each(lengths)('gives back %i bytes', async (length) => {
    for (const data of [someText(random, length), Buffer.from(random.bytes(length))]) {
      for (const level of [1, 9]) {
        expect((await decompress(zstd.compress(data, level))).equals(data)).toBe(true);
      }
    }
  });

  it('takes frames that do not say how long they are', async () => {
    const chunks = Array.from({ length: 20 }, () => someText(random, random.integer(1, 100_000)));
    const data = Buffer.concat(chunks);
    expect((await decompress(compressStream(...chunks))).equals(data)).toBe(true);
  });

  it('takes frames one after the other, and passes over those that hold nothing', async () => {
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const [one, two] = [someText(random, 5_000), someText(random, 300_000)];
    const data = Buffer.concat([zstd.compress(one), skippable, compressStream(two), skippable]);
    expect((await decompress(data)).equals(Buffer.concat([one, two]))).toBe(true);
  });

  it('gives nothing for nothing', async () => {
    expect(await decompress(Buffer.alloc(0))).toHaveLength(0);
  });

  it('leaves a bomb half full', async () => {
    const bomb = zstd.compress(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(30_000);
    let size = 0;
    for await (const part of decompressZstd(bomb, 1_000_000)) {
      size += part.length;
      if (size > 1_000_000) break;
    }
    expect(size).toBeLessThan(1_300_000);
  });

  it('takes no memory for a window that is too large', async () => {
    // Magic, no single segment, a window of 2^40 bytes, one empty last block.
    const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 30 << 3, 0x01, 0x00, 0x00]);
    await expect(decompress(frame)).rejects.toThrow(/window/);
  });

  it.each([
    ['no frame', Buffer.from('hello, world')],
    ['a cut magic', Buffer.from([0x28, 0xb5])],
    ['a cut frame', Buffer.from(zstd.compress(Buffer.from('hello, hello, hello'))).subarray(0, 15)],
    [
      'bytes behind a frame',
      Buffer.concat([zstd.compress(Buffer.from('hello')), Buffer.from('x')]),
    ],
    ['a dictionary', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 1, 0x01, 0x00, 0x00])],
  ])('refuses %s', async (_name, data) => {
    await expect(decompress(data)).rejects.toThrow();
  });

  it('ends well or with an error, whatever the bytes', async () => {
    const maxBytes = 1_000_000;
    for (let round = 0; round < 2_000; round++) {
      const data = Buffer.from(zstd.compress(someText(random, random.integer(0, 3_000))));
      const flips = random.integer(1, 4);
      for (let i = 0; i < flips; i++) {
        data[random.integer(0, data.length - 1)] = random.integer(0, 255);
      }
      const sent = data.subarray(
        0,
        random.boolean() ? data.length : random.integer(0, data.length),
      );
      let size = 0;
      try {
        for await (const part of decompressZstd(sent, maxBytes)) size += part.length;
      } catch (reason) {
        expect(typeof (reason as Error).message).toBe('string');
      }
      expect(size).toBeLessThanOrEqual(maxBytes + 131_072);
    }
  });
});

describe('zstdFrames', () => {
  it('knows frames and their windows without decompressing them', () => {
    const [one, two] = [zstd.compress(Buffer.alloc(1_000)), compressStream(Buffer.alloc(1_000))];
    const frames = zstdFrames(Buffer.concat([one, two]), 8 * 1024 * 1024);
    expect(frames).toEqual([
      { start: 0, end: one.length, windowBytes: 1_000 },
      { start: one.length, end: one.length + two.length, windowBytes: 2_097_152 },
    ]);
  });
});
