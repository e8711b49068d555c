import type { Column } from '../duckdb/row-stream.js';
import type { JsonValue } from '../duckdb/json-values.js';
import { StorageError } from '../storage-error.js';
import { requireCount, requireText } from '../writes/check-input.js';
import type { ColonyEntry, ColonySource, SourceAnswer } from './colony-source.js';
import { FileSource } from './file-source.js';
import { HttpSource } from './http-source.js';
import { unionByName, type ColonyAnswer } from './union-by-name.js';

export interface QueryColoniesOptions {
  /** For each colony, opening its file included; default 30,000. ms */
  readonly timeoutMs?: number | undefined;
  /** Of each colony; default 10,000. */
  readonly maxRows?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A colony without an answer. */
export interface ColonyFailure {
  readonly colonyId: string;
  /** A {@link StorageErrorCode}, or what a running colony answered. */
  readonly code: string;
  readonly message: string;
}

export interface QueryColoniesResult {
  /** `colony_id`, then those of the colonies by name. */
  readonly columns: readonly Column[];
  /** Colonies in the order they were opened in; values as `queryReadOnly` gives them. */
  readonly rows: readonly (readonly JsonValue[])[];
  readonly failures: readonly ColonyFailure[];
  /** Colonies that had more rows than `maxRows`. */
  readonly truncated: readonly string[];
}

const atOnce = 2;
const defaultTimeoutMs = 30_000;
const defaultMaxRows = 10_000;
/** A colony that keeps its own deadline gets this much longer to say so. ms */
const graceMs = 500;

/**
 * Several colonies to ask as one, running or stopped. There is no second database: each answers
 * for itself, and the rows are put one below the other.
 *
 * A stopped colony's file is open for the time of a query only, so that its colony may start.
 *
 * @throws {StorageError} `STORAGE_INVALID_INPUT` for no colony, one that is named twice, or an
 *   address that is none
 * @example
 * await using colonies = openColonies([
 *   { colonyId: 'my-shop-dev', storagePath: '.coral' },
 *   { colonyId: 'my-shop-prod', url: 'http://127.0.0.1:9000', token },
 * ]);
 * const { rows, failures } = await colonies.query('SELECT count(*) FROM events');
 */
export function openColonies(entries: readonly ColonyEntry[]): Colonies {
  const sources = entries.map(sourceOf);
  const ids = sources.map(({ colonyId }) => colonyId);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw invalid(`${twice} is named twice.`);
  if (ids.length === 0) throw invalid('There is no colony to ask.');
  return new Colonies(sources);
}

/** Get one with {@link openColonies}. */
export class Colonies implements AsyncDisposable {
  readonly #sources: readonly ColonySource[];
  #isClosed = false;

  /** @internal use {@link openColonies} */
  constructor(sources: readonly ColonySource[]) {
    this.#sources = sources;
  }

  /**
   * Asks each colony the same, two at a time, and joins their rows by the names of the columns.
   * Never rejects because of a colony: one that fails is in `failures`, the others in `rows`.
   *
   * @throws {StorageError} `STORAGE_NOT_OPEN` after close, `STORAGE_INVALID_INPUT`
   */
  async query(sql: string, options: QueryColoniesOptions = {}): Promise<QueryColoniesResult> {
    if (this.#isClosed) {
      throw new StorageError('STORAGE_NOT_OPEN', 'The colonies were closed. Open them again.');
    }
    const text = requireText('sql', sql);
    const limits = {
      timeoutMs: requireCount('timeoutMs', options.timeoutMs ?? defaultTimeoutMs, 1),
      maxRows: requireCount('maxRows', options.maxRows ?? defaultMaxRows, 1),
      signal: options.signal,
    };
    const outcomes = await mapBounded(this.#sources, (source) => ask(source, text, limits));
    const answers = outcomes.filter((one): one is ColonyAnswer => 'rows' in one);
    return {
      ...unionByName(answers),
      failures: outcomes.filter((one): one is ColonyFailure => 'code' in one),
      truncated: answers.filter(({ truncated }) => truncated).map(({ colonyId }) => colonyId),
    };
  }

  /** Waits until every file is let go. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = await Promise.allSettled(this.#sources.map((source) => source.close()));
    const reasons = closed.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    if (reasons.length > 0) throw reasons.length === 1 ? reasons[0] : new AggregateError(reasons);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

interface Limits {
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly signal: AbortSignal | undefined;
}

async function ask(
  source: ColonySource,
  sql: string,
  { timeoutMs, maxRows, signal: cancel }: Limits,
): Promise<ColonyAnswer | ColonyFailure> {
  const { colonyId } = source;
  const stop = new AbortController();
  const cancelled = () =>
    stop.abort(new StorageError('STORAGE_CANCELLED', 'The query was stopped.'));
  const late = () =>
    stop.abort(
      new StorageError('STORAGE_TIMEOUT', `Colony ${colonyId} did not answer in ${timeoutMs} ms.`),
    );
  const timer = setTimeout(late, timeoutMs + graceMs);
  cancel?.addEventListener('abort', cancelled);
  if (cancel?.aborted) cancelled();
  try {
    const { signal } = stop;
    const answer: SourceAnswer = await source.query({ sql, timeoutMs, maxRows, signal });
    return { colonyId, ...answer };
  } catch (reason) {
    return failureOf(colonyId, reason);
  } finally {
    clearTimeout(timer);
    cancel?.removeEventListener('abort', cancelled);
  }
}

/** A defect of ours is no colony's failure: it is thrown. */
function failureOf(colonyId: string, reason: unknown): ColonyFailure {
  const { code, message } = reason as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') throw reason;
  return { colonyId, code, message: String(message) };
}

function sourceOf(entry: ColonyEntry): ColonySource {
  if (!('url' in entry)) return new FileSource(entry);
  if (!URL.canParse(entry.url)) throw invalid(`${entry.url} is not an address.`);
  return new HttpSource(entry);
}

/** Starts the next one when one ends; results in the order of the values. */
async function mapBounded<T, R>(values: readonly T[], act: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async () => {
    while (next < values.length) {
      const index = next;
      next += 1;
      results[index] = await act(values[index]!);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

function invalid(message: string): StorageError {
  return new StorageError('STORAGE_INVALID_INPUT', message, { details: { field: 'colonies' } });
}
