import { readFile } from 'node:fs/promises';
import { isStorageError, StorageError } from '../storage-error.js';
import { duckdbChecksum } from './duckdb-checksum.js';
import { toPathError } from './path-error.js';
import { endOfEntry, entryHeaderBytes, logHeader, versionAt } from './write-ahead-log.js';

/**
 * Refuses a log that DuckDB would take for one that ends early, although more follows: it replays
 * what is before the damage and drops the rest without a word.
 *
 * An entry cut off at the end is what a crash leaves, and is no damage. Damage within an entry DuckDB
 * finds itself, by its checksum.
 *
 * @returns the log
 * @throws {StorageError} `STORAGE_CORRUPT` with the place, and how to go on without the rest
 */
export async function requireWholeLog(databasePath: string): Promise<Buffer> {
  const path = `${databasePath}.wal`;
  const log = await readFile(path).catch((reason: unknown) => {
    throw toPathError(reason, path);
  });
  const damagedAt = findDamage(log);
  if (damagedAt !== undefined) throw damagedLog(databasePath, damagedAt, log.length);
  return log;
}

/**
 * Says of an entry that DuckDB refused where it begins, and with that how to go on without it;
 * returns any other failure as it is.
 */
export async function explainDamagedLog(databasePath: string, reason: unknown): Promise<unknown> {
  if (!isStorageError(reason)) return reason;
  const { damagedBefore } = reason.details;
  if (typeof damagedBefore !== 'number') return reason;
  const log = await readFile(`${databasePath}.wal`);
  let start = logHeader.length;
  let next = endOfEntry(log, start);
  while (next > start && next < damagedBefore) {
    start = next;
    next = endOfEntry(log, start);
  }
  return damagedLog(databasePath, start, log.length, reason);
}

function damagedLog(
  databasePath: string,
  damagedAt: number,
  size: number,
  cause?: StorageError,
): StorageError {
  const path = `${databasePath}.wal`;
  const wayOn =
    damagedAt === 0
      ? `move '${path}' away`
      : `copy the log and run: truncate -s ${damagedAt} '${path}'`;
  return new StorageError(
    'STORAGE_CORRUPT',
    `Cannot open ${databasePath}: its write-ahead log is damaged at byte ${damagedAt} of ${size}. ` +
      `Nothing was changed. Restore a backup; or, to go on without the writes from there on, ${wayOn}`,
    { cause, details: { path, damagedAt, size } },
  );
}

/** Where the log is damaged; undefined when it is whole, or only its last entry was cut off. */
export function findDamage(log: Buffer): number | undefined {
  const found = Buffer.from(log.subarray(0, logHeader.length));
  const version = found[versionAt] ?? logHeader[versionAt];
  const isOtherVersion = version !== logHeader[versionAt] && version !== 0;
  if (isOtherVersion) found[versionAt] = logHeader[versionAt]!;
  if (!found.equals(logHeader.subarray(0, log.length))) return 0;
  // Of another release of DuckDB: whether it can be replayed is for DuckDB to say.
  if (isOtherVersion) return undefined;
  const end = followEntries(log, logHeader.length);
  if (end === log.length) return undefined;
  for (let start = end + 1; start < log.length; start += 1) {
    if (followEntries(log, start) === log.length) return firstWrongEntry(log, end) ?? end;
  }
  return undefined;
}

/** @returns where the first entry begins that is not there whole; the log's end when all are */
function followEntries(log: Buffer, start: number): number {
  let position = start;
  while (position + entryHeaderBytes <= log.length) {
    const next = endOfEntry(log, position);
    if (next === position || next > log.length) return position;
    position = next;
  }
  return position;
}

/**
 * Where the first entry begins whose checksum is not its own: one that says it is longer than it is
 * swallows those after it. Undefined when all are right, or none, as of a DuckDB that sums otherwise.
 */
function firstWrongEntry(log: Buffer, end: number): number | undefined {
  let wrong: number | undefined;
  let right = 0;
  for (let start = logHeader.length; start < end; start = endOfEntry(log, start)) {
    const entry = log.subarray(start + entryHeaderBytes, endOfEntry(log, start));
    if (duckdbChecksum(entry) === log.readBigUInt64LE(start + 8)) right += 1;
    else wrong ??= start;
  }
  return right > 0 ? wrong : undefined;
}
