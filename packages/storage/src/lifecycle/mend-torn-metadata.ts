import { open, type FileHandle } from 'node:fs/promises';
import { runInOtherProcess } from '../duckdb/other-process.js';
import { isStorageError } from '../storage-error.js';
import { readMetadata, type MetadataBlock } from './metadata-blocks.js';
import { toPathError } from './path-error.js';
import { rootOfLastCheckpoint } from './write-ahead-log.js';

/**
 * Gives a block of metadata that a process was killed while writing its checksum back.
 *
 * DuckDB writes what a CHECKPOINT adds into free pieces of blocks that are in use, and each such block
 * whole, in place. A kill in the middle of that leaves a block that begins with new bytes, its checksum
 * among them, and ends with old ones, and DuckDB then refuses the file for good. Nothing is lost: the
 * pieces that the standing header needs are the same before and after, so with the checksum of what is
 * there the block is right.
 *
 * Damage of the disk's must not pass for that. So the log has to end in a CHECKPOINT that the header
 * knows nothing of, which is what a kill at that moment leaves, and one block alone has to be wrong: a
 * kill cuts off one write. Anything else DuckDB is left to refuse.
 *
 * Only called where there is a log, which an orderly stop leaves none of, and while no instance in this
 * process has the file open.
 *
 * @param log the file's write-ahead log
 * @returns where the block begins, in bytes; undefined when none was mended
 * @throws {StorageError} `STORAGE_LOCKED` when another program has the file open: it may be writing
 */
export async function mendTornMetadata(path: string, log: Buffer): Promise<number | undefined> {
  const nextRoot = rootOfLastCheckpoint(log);
  if (nextRoot === undefined) return undefined;
  const file = await open(path, 'r+').catch((reason: unknown) => {
    throw toPathError(reason, path);
  });
  try {
    if ((await findTorn(file, nextRoot)) === undefined) return undefined;
    await requireUnused(path);
    const torn = await findTorn(file, nextRoot);
    if (torn === undefined) return undefined;
    const checksum = Buffer.alloc(8);
    checksum.writeBigUInt64LE(torn.computed);
    await file.write(checksum, 0, checksum.length, torn.offset);
    await file.sync();
    return torn.offset;
  } finally {
    await file.close();
  }
}

async function findTorn(file: FileHandle, nextRoot: bigint): Promise<MetadataBlock | undefined> {
  const metadata = await readMetadata(file);
  if (metadata === undefined || metadata.root === nextRoot) return undefined;
  const wrong = metadata.blocks.filter(({ computed, stored }) => computed !== stored);
  return wrong.length === 1 ? wrong[0] : undefined;
}

/** DuckDB refuses a file that is written elsewhere before it reads any of it; this one it may refuse too. */
async function requireUnused(path: string): Promise<void> {
  const errand = { file: path, settings: { access_mode: 'READ_ONLY' }, sql: 'SELECT 1' };
  await runInOtherProcess(errand, { reads: path }).catch((reason: unknown) => {
    if (isStorageError(reason) && reason.code === 'STORAGE_LOCKED') throw reason;
  });
}
