import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { databasePath } from '../database-path.js';
import { openDatabase, type Database } from '../database.js';
import type { JsonValue } from '../duckdb/json-values.js';
import { isStorageError, StorageError } from '../storage-error.js';
import type { ColonySource, SourceAnswer, SourceQuery, StoppedColony } from './colony-source.js';

/** A colony on its way up or down, or a command that reads, lets the file go within about a second. */
const lockPatienceMs = 5_000;
const lockPollMs = 100;

/** Reads a stopped colony's file; opens it for the first query and keeps it until it is closed. */
export class FileSource implements ColonySource {
  readonly colonyId: string;
  readonly #storagePath: string;
  #opening: Promise<Database> | undefined;

  constructor({ colonyId, storagePath }: StoppedColony) {
    this.colonyId = colonyId;
    this.#storagePath = storagePath;
  }

  async query({ sql, timeoutMs, maxRows, signal }: SourceQuery): Promise<SourceAnswer> {
    const startedAt = performance.now();
    this.#opening ??= this.#open(signal);
    const database = await orAborted(this.#opening, signal);
    const leftMs = Math.max(1, Math.ceil(timeoutMs - (performance.now() - startedAt)));
    const result = await database.queryReadOnly(sql, { timeoutMs: leftMs, maxRows, signal });
    const rows: (readonly JsonValue[])[] = [];
    for await (const batch of result.rows) for (const row of batch) rows.push(row);
    return { columns: result.columns, rows, truncated: result.truncated() };
  }

  async close(): Promise<void> {
    const database = await this.#opening?.catch(() => undefined); // It was never open.
    this.#opening = undefined;
    await database?.close();
  }

  async #open(signal: AbortSignal): Promise<Database> {
    const giveUpAt = performance.now() + lockPatienceMs;
    try {
      for (;;) {
        const isLast = signal.aborted || performance.now() >= giveUpAt;
        const database = await this.#tryToOpen(isLast);
        if (database) return database;
        await sleep(lockPollMs);
      }
    } catch (reason) {
      this.#opening = undefined; // The next query tries again.
      throw reason;
    }
  }

  /** Undefined while somebody else holds the file, unless it is the last try. */
  async #tryToOpen(isLast: boolean): Promise<Database | undefined> {
    await requireFile(databasePath(this.#storagePath, this.colonyId));
    try {
      const database = await openDatabase({
        storagePath: this.#storagePath,
        colonyId: this.colonyId,
      });
      // A colony that was killed had no time to summarise its last points.
      if (!database.recovery.clean) await database.summarise();
      return database;
    } catch (reason) {
      if (!isStorageError(reason) || reason.code !== 'STORAGE_LOCKED' || isLast) throw reason;
      return undefined;
    }
  }
}

/** Asking must not make a database. */
async function requireFile(file: string): Promise<void> {
  try {
    await stat(file);
  } catch (reason) {
    throw new StorageError('STORAGE_NOT_A_DATABASE', `There is no database: ${file}.`, {
      cause: reason,
      details: { path: file },
    });
  }
}

/** Opening cannot be stopped half-way: it goes on, and whoever closes waits for it. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
