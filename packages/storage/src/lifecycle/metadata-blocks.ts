import type { FileHandle } from 'node:fs/promises';
import { duckdbChecksum } from './duckdb-checksum.js';

/** A block of a database file that holds metadata: catalog, statistics, where each column's data lies. */
export interface MetadataBlock {
  /** Where it begins in the file. bytes */
  readonly offset: number;
  /** Its checksum as it should be, of what stands in it. */
  readonly computed: bigint;
  /** Its checksum as it stands in its first 8 bytes. */
  readonly stored: bigint;
}

/** What a database file says of its metadata. */
export interface Metadata {
  /** Where the catalog begins: the number of its block, and in the upper 8 bits of the piece in it. */
  readonly root: bigint;
  readonly blocks: readonly MetadataBlock[];
}

/** Of DuckDB's file: a main header, two headers of which the newer one counts, and then the blocks. */
const headerBytes = 4096;
const headerOffsets = [headerBytes, 2 * headerBytes];
const blocksAt = 3 * headerBytes;
const blockBytes = 256 * 1024;
const checksumBytes = 8;
/** A block of metadata is used in 64 pieces; each begins with where the next one lies. */
const pieceBytes = 4088;
const none = 0xffff_ffff_ffff_ffffn;

interface Header {
  readonly iteration: bigint;
  readonly root: bigint;
  readonly freeList: bigint;
  readonly blockCount: bigint;
}

/**
 * The metadata that the newest whole header names, with the checksums of its blocks: some 1 ms each.
 * Undefined for a file that is laid out otherwise, as by a later DuckDB.
 *
 * Source: DuckDB, `src/storage/single_file_block_manager.cpp` and `src/storage/metadata/`.
 */
export async function readMetadata(file: FileHandle): Promise<Metadata | undefined> {
  const headers = await Promise.all(headerOffsets.map((offset) => readHeader(file, offset)));
  const [newest] = headers
    .filter((header) => header !== undefined)
    .sort((a, b) => Number(b.iteration - a.iteration));
  if (newest === undefined) return undefined;
  const blocks: MetadataBlock[] = [];
  const ids = metadataIds(await readPieces(file, newest));
  if (ids === undefined) return undefined;
  for (const id of ids) {
    if (id >= newest.blockCount) return undefined;
    const offset = blocksAt + Number(id) * blockBytes;
    const block = await read(file, offset, blockBytes);
    if (block.length < blockBytes) return undefined;
    blocks.push({
      offset,
      computed: duckdbChecksum(block.subarray(checksumBytes)),
      stored: block.readBigUInt64LE(0),
    });
  }
  return { root: newest.root, blocks };
}

async function readHeader(file: FileHandle, offset: number): Promise<Header | undefined> {
  const bytes = await read(file, offset, headerBytes);
  if (bytes.length < headerBytes) return undefined;
  if (duckdbChecksum(bytes.subarray(checksumBytes)) !== bytes.readBigUInt64LE(0)) return undefined;
  const [iteration, root, freeList, blockCount, blockSize] = Array.from({ length: 5 }, (_, i) =>
    bytes.readBigUInt64LE(checksumBytes + 8 * i),
  ) as [bigint, bigint, bigint, bigint, bigint];
  return blockSize === BigInt(blockBytes) ? { iteration, root, freeList, blockCount } : undefined;
}

/** What the list of free blocks and of blocks of metadata holds, from piece to piece. */
async function readPieces(file: FileHandle, header: Header): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let pointer = header.freeList;
  // More pieces than the file has means that they go round in circles.
  for (let left = header.blockCount * 64n; pointer !== none && left > 0n; left -= 1n) {
    const id = pointer & ((1n << 56n) - 1n);
    const index = Number(pointer >> 56n);
    if (id >= header.blockCount) return Buffer.alloc(0);
    const offset = blocksAt + Number(id) * blockBytes + checksumBytes + index * pieceBytes;
    const piece = await read(file, offset, pieceBytes);
    if (piece.length < pieceBytes) return Buffer.alloc(0);
    pointer = piece.readBigUInt64LE(0);
    pieces.push(piece.subarray(8));
  }
  return Buffer.concat(pieces);
}

/** Free blocks, blocks used more than once with how often, and blocks of metadata with their free pieces. */
function metadataIds(list: Buffer): bigint[] | undefined {
  let at = 0;
  const count = (entryBytes: number): number | undefined => {
    if (at + 8 > list.length) return undefined;
    const entries = Number(list.readBigUInt64LE(at));
    at += 8;
    return entries * entryBytes <= list.length - at ? entries : undefined;
  };
  for (const entryBytes of [8, 12]) {
    const entries = count(entryBytes);
    if (entries === undefined) return undefined;
    at += entries * entryBytes;
  }
  const entries = count(16);
  if (entries === undefined) return undefined;
  return Array.from({ length: entries }, (_, i) => list.readBigUInt64LE(at + 16 * i));
}

async function read(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}
