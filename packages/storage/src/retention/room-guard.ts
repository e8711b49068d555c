import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { sizeOf } from '../files/size-of.js';
import { journalSize } from '../journal/journal-files.js';
import { toPathError } from '../lifecycle/path-error.js';
import type { ReaderPool } from '../queries/reader-pool.js';
import { StorageError } from '../storage-error.js';
import type { WriteOptions } from '../writes/write-queue.js';

/** Limits within which a store writes. */
export interface RoomLimits {
  /** Free disk below which nothing more is written; 0: no such limit. bytes */
  readonly minFreeDiskBytes: number;
  /** What the store may take on the disk; 0: whatever there is. bytes */
  readonly maxSizeBytes: number;
}

/** How much room there is. Bytes. */
export interface Room {
  /** What this user may still write to the disk. */
  readonly freeBytes: number;
  /** The database file with the free blocks in it. */
  readonly fileBytes: number;
  /** The write-ahead log, and the journal of points. */
  readonly walBytes: number;
  readonly trashBytes: number;
  /** What the store takes: blocks in use, the log, and the trash. */
  readonly usedBytes: number;
  /** Why writes are refused now; absent: they are not. */
  readonly refuses?: 'STORAGE_DISK_FULL' | 'STORAGE_BUDGET_EXCEEDED';
}

/** How long a look at the disk counts: more looks would cost writers more than they find. ms */
const [shortestFreshMs, longestFreshMs] = [10, 1_000];

/** No store writes faster, whatever the disk. bytes */
const fastestPerMs = 1024 ** 2;

/**
 * How long a look at the disk counts: until the fastest writer could have taken half of what the limit
 * keeps free, within 10 ms and a second.
 *
 * Units: bytes, limit included; ms
 */
export function freshMs(freeBytes: number, minFreeDiskBytes: number): number {
  if (minFreeDiskBytes === 0) return longestFreshMs;
  const roomBytes = freeBytes - minFreeDiskBytes / 2;
  return Math.max(shortestFreshMs, Math.min(roomBytes / fastestPerMs, longestFreshMs));
}

/**
 * Refuses writes before the disk is full: a commit that meets a full disk fails, and a checkpoint that
 * meets one costs the instance.
 *
 * It looks when something is written, more often the nearer the limit is, so it needs no timer, and
 * writing goes on by itself once there is room again.
 */
export class RoomGuard {
  readonly #path: string;
  readonly #limits: RoomLimits;
  readonly #reader: () => ReaderPool;
  #checkedAt = -Infinity;
  #room: Room | undefined;
  #looking: Promise<Room> | undefined;

  /** @param reader connections that are never kept busy by users */
  constructor(path: string, limits: RoomLimits, reader: () => ReaderPool) {
    this.#path = path;
    this.#limits = limits;
    this.#reader = reader;
  }

  /** Without limits it never looks. */
  get isOn(): boolean {
    return this.#limits.minFreeDiskBytes > 0 || this.#limits.maxSizeBytes > 0;
  }

  /**
   * @param frees see {@link WriteOptions}; the disk's limit is a quarter for what makes room on it
   * @throws {StorageError} `STORAGE_DISK_FULL`, `STORAGE_BUDGET_EXCEEDED`
   */
  async requireRoom(frees?: WriteOptions['frees']): Promise<void> {
    const room = this.#freshRoom() ?? (await this.#lookTogether());
    if (!room.refuses) return;
    if (frees && room.refuses === 'STORAGE_BUDGET_EXCEEDED') return;
    if (frees === 'disk' && room.freeBytes >= this.#limits.minFreeDiskBytes / 4) return;
    throw this.#refusal(room);
  }

  /** What the last look found, while it counts. */
  #freshRoom(): Room | undefined {
    if (!this.#room || this.#looking) return undefined;
    const forMs = freshMs(this.#room.freeBytes, this.#limits.minFreeDiskBytes);
    return performance.now() - this.#checkedAt < forMs ? this.#room : undefined;
  }

  /** Writes that come while one looks wait for the same answer, so that they stay in order. */
  #lookTogether(): Promise<Room> {
    this.#looking ??= this.look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  /** Looks now. */
  async look(): Promise<Room> {
    const checkedAt = performance.now();
    const freeBytes = await freeOf(path.dirname(this.#path));
    const [blocks] = await this.#reader().query(
      `SELECT used_blocks * block_size AS used,
         (SELECT coalesce(sum(bytes), 0)::BIGINT FROM retention_trash) AS trash
       FROM pragma_database_size() WHERE database_name = current_database()`,
    );
    const walBytes = (await sizeOf(`${this.#path}.wal`)) + (await journalSize(this.#path));
    const trashBytes = blocks!['trash'] as number;
    const usedBytes = (blocks!['used'] as number) + walBytes + trashBytes;
    const fileBytes = await sizeOf(this.#path);
    const refuses = this.#reason(freeBytes, usedBytes);
    this.#room = {
      freeBytes,
      fileBytes,
      walBytes,
      trashBytes,
      usedBytes,
      ...(refuses ? { refuses } : {}),
    };
    this.#checkedAt = checkedAt;
    return this.#room;
  }

  #reason(freeBytes: number, usedBytes: number): Room['refuses'] {
    const { minFreeDiskBytes, maxSizeBytes } = this.#limits;
    if (freeBytes < minFreeDiskBytes) return 'STORAGE_DISK_FULL';
    if (maxSizeBytes > 0 && usedBytes > maxSizeBytes) return 'STORAGE_BUDGET_EXCEEDED';
    return undefined;
  }

  #refusal({ freeBytes, usedBytes, refuses }: Room): StorageError {
    const { minFreeDiskBytes, maxSizeBytes } = this.#limits;
    if (refuses === 'STORAGE_BUDGET_EXCEEDED') {
      return new StorageError(
        'STORAGE_BUDGET_EXCEEDED',
        `The store takes ${usedBytes} bytes and may take ${maxSizeBytes}. Maintenance deletes what it may; if it stays so, raise the size or keep less.`,
        { details: { path: this.#path, usedBytes, maxSizeBytes } },
      );
    }
    return new StorageError(
      'STORAGE_DISK_FULL',
      `The disk of ${this.#path} has ${freeBytes} bytes left, and ${minFreeDiskBytes} are to stay free. Free some space: writing then goes on by itself.`,
      { details: { path: this.#path, freeBytes, minFreeDiskBytes } },
    );
  }
}

async function freeOf(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch (reason) {
    throw toPathError(reason, directory);
  }
}
