import { chmod, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { databasePath } from '../database-path.js';
import { requireRoom } from '../files/require-room.js';
import { sizeOf } from '../files/size-of.js';
import { publishDraft } from '../files/publish-draft.js';
import { closeButKeepLock, closeFile, openFile, type OpenFile } from '../lifecycle/open-file.js';
import { toPathError } from '../lifecycle/path-error.js';
import { SideConnection } from '../lifecycle/side-connection.js';
import { workFolder } from '../lifecycle/work-folder.js';
import { defaultOptions } from '../open-options.js';
import type { TaskOptions } from '../progress.js';
import { StorageError } from '../storage-error.js';
import { copyDatabase } from './copy-database.js';

export interface CompactOptions extends TaskOptions {
  readonly storagePath: string;
  readonly colonyId: string;
  /** Memory that DuckDB may use; default 512 MiB. bytes */
  readonly memoryLimitBytes?: number | undefined;
  /** Threads that DuckDB may use; default 2. */
  readonly threads?: number | undefined;
}

export interface CompactResult {
  /** Absolute. */
  readonly path: string;
  /** Of the file and its log before. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly durationMs: number;
}

/**
 * Gives the space that deleted rows have left in a stopped colony's file back to the disk.
 *
 * Everything is copied into a new file, which another process reads and compares row by row; then
 * one rename puts it in the old one's place. The old file's log is empty by then, so that the rename
 * alone decides: killed at any moment, the next open finds either file, and both hold the same.
 *
 * Deleting alone does not shrink a DuckDB file.
 *
 * @throws {StorageError} `STORAGE_LOCKED` while the colony runs, `STORAGE_NO_ROOM`,
 *   `STORAGE_DISK_FULL`, `STORAGE_CORRUPT`, `STORAGE_CANCELLED`, and what opening throws
 */
export async function compactDatabase(options: CompactOptions): Promise<CompactResult> {
  const startedAt = performance.now();
  const file = databasePath(options.storagePath, options.colonyId);
  const bytesBefore = await sizeBefore(file);
  const opened = await openFile(
    file,
    {
      memoryLimitBytes: options.memoryLimitBytes ?? defaultOptions.memoryLimitBytes,
      threads: options.threads ?? defaultOptions.threads,
      migrate: 'apply',
    },
    Date.now,
  );
  const copy = await copyOrClose(opened, file, options);
  try {
    await closeButKeepLock(opened);
    await swap(copy, file);
  } catch (reason) {
    await rm(copy, { force: true });
    await opened.lock.releaseUnclean();
    throw toPathError(reason, file);
  }
  await opened.lock.releaseClean();
  const { size: bytesAfter } = await stat(file);
  return { path: file, bytesBefore, bytesAfter, durationMs: performance.now() - startedAt };
}

/** @returns the verified copy, in the work folder */
async function copyOrClose(
  opened: OpenFile,
  file: string,
  { signal, onProgress = () => undefined }: TaskOptions,
): Promise<string> {
  try {
    await requireRoom(path.dirname(file), file);
    const target = await workFolder(file).file('compact.duckdb');
    const side = new SideConnection(opened.instance);
    await side.run((by) => copyDatabase(by, { source: file, target }, onProgress), signal);
    return target;
  } catch (reason) {
    await closeFile(opened);
    throw reason;
  }
}

async function swap(copy: string, file: string): Promise<void> {
  await requireNoLog(file);
  await chmod(copy, (await stat(file)).mode & 0o777);
  await publishDraft(copy, file);
}

/** A log that is left would be taken for the new file's. */
async function requireNoLog(file: string): Promise<void> {
  if ((await sizeOf(`${file}.wal`)) === 0) return;
  throw new StorageError(
    'STORAGE_INTERNAL',
    `${file} still has a log after it was closed. It is as it was. Try again.`,
    { details: { path: file } },
  );
}

async function sizeBefore(file: string): Promise<number> {
  const [size, walSize] = await Promise.all([sizeOf(file), sizeOf(`${file}.wal`)]).catch(
    (reason: unknown) => {
      throw toPathError(reason, file);
    },
  );
  if (size > 0) return size + walSize;
  throw new StorageError(
    'STORAGE_PATH_INVALID',
    `There is no database at ${file} to compact. Check the storage path and the colony id.`,
    { details: { path: file } },
  );
}
