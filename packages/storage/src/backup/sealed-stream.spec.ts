import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { seal, unseal } from './sealed-stream.js';

const mebibyte = 1024 ** 2;
const headerBytes = 56;
const sealedChunkBytes = mebibyte + 16;
const key = createHash('sha256').update('a key').digest();
const otherKey = createHash('sha256').update('another key').digest();

describe('seal and unseal', () => {
  it.each([0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 3 * mebibyte, 3 * mebibyte + 5])(
    'give %i bytes back as they were, however they were cut',
    async (length) => {
      const plain = bytes(length);
      const sealed = await collect(seal(cut(plain, 700_001), key));
      expect(sealed.length).toBe(
        headerBytes + length + 16 * Math.max(1, Math.ceil(length / mebibyte)),
      );
      expect((await open(sealed, 33_333)).equals(plain)).toBe(true);
    },
  );

  it('make something else of the same bytes each time', async () => {
    const [first, second] = [await sealed(100), await sealed(100)];
    expect(first.equals(second)).toBe(false);
  });

  it('tell a wrong key from a damaged file', async () => {
    const file = await sealed(100);
    await expect(open(file, 1000, otherKey)).rejects.toMatchObject({ code: 'STORAGE_KEY_WRONG' });
  });

  it.each<[string, (file: Buffer) => Buffer]>([
    ['a byte of the first chunk', (file) => flip(file, headerBytes + 5)],
    ['a byte of a chunk in the middle', (file) => flip(file, headerBytes + sealedChunkBytes + 9)],
    ['the last byte', (file) => flip(file, file.length - 1)],
    ['a missing last byte', (file) => file.subarray(0, -1)],
    ['a missing last chunk', (file) => file.subarray(0, headerBytes + 2 * sealedChunkBytes)],
    ['an end in the middle of a chunk', (file) => file.subarray(0, headerBytes + 1000)],
    ['an end after the header', (file) => file.subarray(0, headerBytes)],
    ['an end within the header', (file) => file.subarray(0, 30)],
    ['a byte more', (file) => Buffer.concat([file, Buffer.alloc(1)])],
    ['chunks in another order', (file) => exchange(file, 0, 1)],
    ['a chunk that comes twice', (file) => repeat(file, 1)],
    ['a chunk left out', (file) => leaveOut(file, 1)],
  ])('notice %s', async (_, damage) => {
    const file = await sealed(2 * mebibyte + 500);
    await expect(open(damage(file))).rejects.toMatchObject({ code: 'STORAGE_BACKUP_INVALID' });
  });

  it('notice a chunk from another file under the same key', async () => {
    const [file, other] = [await sealed(500), await sealed(500)];
    const mixed = Buffer.concat([file.subarray(0, headerBytes), other.subarray(headerBytes)]);
    await expect(open(mixed)).rejects.toMatchObject({ code: 'STORAGE_BACKUP_INVALID' });
  });

  it('notice a changed header', async () => {
    const file = await sealed(100);
    await expect(open(flip(file, 20))).rejects.toMatchObject({ code: 'STORAGE_KEY_WRONG' });
  });
});

function bytes(length: number): Buffer {
  return Buffer.alloc(length, createHash('sha512').update(String(length)).digest());
}

async function sealed(length: number): Promise<Buffer> {
  return collect(seal(cut(bytes(length), 100_000), key));
}

async function open(file: Buffer, cutBytes = 99_999, withKey: Buffer = key): Promise<Buffer> {
  return collect(unseal(cut(file, cutBytes), withKey, 'some file'));
}

async function* cut(whole: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

function flip(file: Buffer, at: number): Buffer {
  const changed = Buffer.from(file);
  changed[at]! ^= 1;
  return changed;
}

/** Header, full chunks, and the rest. */
function chunksOf(file: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = headerBytes; at < file.length; at += sealedChunkBytes) {
    chunks.push(file.subarray(at, at + sealedChunkBytes));
  }
  return chunks;
}

function withChunks(file: Buffer, chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([file.subarray(0, headerBytes), ...chunks]);
}

function exchange(file: Buffer, first: number, second: number): Buffer {
  const chunks = chunksOf(file);
  [chunks[first], chunks[second]] = [chunks[second]!, chunks[first]!];
  return withChunks(file, chunks);
}

function repeat(file: Buffer, number: number): Buffer {
  const chunks = chunksOf(file);
  return withChunks(file, [
    ...chunks.slice(0, number + 1),
    chunks[number]!,
    ...chunks.slice(number + 1),
  ]);
}

function leaveOut(file: Buffer, number: number): Buffer {
  return withChunks(
    file,
    chunksOf(file).filter((_, index) => index !== number),
  );
}
