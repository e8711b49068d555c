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

/** Reads a stopped colony's file, which is open for the time of a query only: its colony may start. */
export class FileSource implements ColonySource {
  readonly colonyId: string;
  readonly #storagePath: string;
  /** One query after the other: the file is open once. */
  #last: Promise<unknown> = Promise.resolve();

  constructor({ colonyId, storagePath }: StoppedColony) {
    this.colonyId = colonyId;
    this.#storagePath = storagePath;
  }

  query(query: SourceQuery): Promise<SourceAnswer> {
    const mine = this.#last.then(() => this.#query(query));
    this.#last = mine.catch(() => undefined); // Whoever asked is told.
    return orAborted(mine, query.signal);
  }

  async close(): Promise<void> {
    await this.#last;
  }

  async #query({ sql, timeoutMs, maxRows, signal }: SourceQuery): Promise<SourceAnswer> {
    const startedAt = performance.now();
    const database = await this.#open(signal);
    try {
      const leftMs = Math.max(1, Math.ceil(timeoutMs - (performance.now() - startedAt)));
      const result = await database.queryReadOnly(sql, { timeoutMs: leftMs, maxRows, signal });
      const rows: (readonly JsonValue[])[] = [];
      for await (const batch of result.rows) for (const row of batch) rows.push(row);
      return { columns: result.columns, rows, truncated: result.truncated() };
    } finally {
      await database.close();
    }
  }

  async #open(signal: AbortSignal): Promise<Database> {
    const giveUpAt = performance.now() + lockPatienceMs;
    for (;;) {
      const isLast = signal.aborted || performance.now() >= giveUpAt;
      const database = await this.#tryToOpen(isLast);
      if (database) return database;
      await sleep(lockPollMs);
    }
  }

  /** Undefined while somebody else holds the file, unless it is the last try. */
  async #tryToOpen(isLast: boolean): Promise<Database | undefined> {
    await requireFile(databasePath(this.#storagePath, this.colonyId));
    try {
      const database = await openDatabase({
        storagePath: this.#storagePath,
        colonyId: this.colonyId,
        migrate: 'refuse', // A question is no reason to change a file's schema.
      });
      // A colony that was killed had no time to summarise its last points. Reading goes on without.
      const { refuses } = await database.room();
      if (!database.recovery.clean && refuses === undefined) await database.summarise();
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

/** Opening cannot be stopped half-way: it goes on, and `close` waits for it. */
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
