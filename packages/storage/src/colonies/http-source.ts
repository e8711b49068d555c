import type { Column } from '../duckdb/row-stream.js';
import type { JsonValue } from '../duckdb/json-values.js';
import { StorageError } from '../storage-error.js';
import { ColonyAnswerError } from './colony-answer-error.js';
import type { ColonySource, RunningColony, SourceAnswer, SourceQuery } from './colony-source.js';

/** One line of the answer. Source: the server's docs/http-api.md, `POST /api/v1/sql`. */
interface Line {
  readonly columns?: readonly Column[];
  readonly rows?: readonly (readonly JsonValue[])[];
  readonly end?: { readonly truncated: boolean };
  readonly error?: Failure;
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Asks a running colony through its SQL endpoint. */
export class HttpSource implements ColonySource {
  readonly colonyId: string;
  readonly #url: URL;
  readonly #token: string;

  constructor({ colonyId, url, token }: RunningColony) {
    this.colonyId = colonyId;
    this.#url = new URL('/api/v1/sql', url);
    this.#token = token;
  }

  async query({ sql, timeoutMs, maxRows, signal }: SourceQuery): Promise<SourceAnswer> {
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        redirect: 'error',
        signal,
        headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ sql, timeout_ms: timeoutMs, max_rows: maxRows }),
      });
      if (!response.ok) throw this.#refused(response.status, await response.text());
      return await this.#readAnswer(response);
    } catch (reason) {
      signal.throwIfAborted();
      throw reason instanceof ColonyAnswerError ? reason : this.#unreachable(reason);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #readAnswer(response: Response): Promise<SourceAnswer> {
    let columns: readonly Column[] = [];
    const rows: (readonly JsonValue[])[] = [];
    for await (const text of lines(response)) {
      const line = JSON.parse(text) as Line;
      if (line.error) throw new ColonyAnswerError(line.error.code, line.error.message);
      if (line.columns) columns = line.columns;
      if (line.rows) for (const row of line.rows) rows.push(row);
      if (line.end) return { columns, rows, truncated: line.end.truncated };
    }
    throw new Error('it stopped in the middle of its answer');
  }

  #refused(status: number, text: string): Error {
    const failure = parseFailure(text);
    if (failure) return new ColonyAnswerError(failure.code, failure.message);
    return new Error(`it answers ${status}, and not like a colony`);
  }

  #unreachable(cause: unknown): StorageError {
    const { message, cause: deeper } = cause as { message?: string; cause?: { message?: string } };
    return new StorageError(
      'STORAGE_UNREACHABLE',
      `Colony ${this.colonyId} at ${this.#url.origin} does not answer: ${deeper?.message ?? message ?? String(cause)}.`,
      { cause },
    );
  }
}

async function* lines(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest !== '') yield rest;
}

function parseFailure(text: string): Failure | undefined {
  try {
    const { code, message } = JSON.parse(text) as Partial<Failure>;
    return typeof code === 'string' && typeof message === 'string' ? { code, message } : undefined;
  } catch {
    return undefined; // Whoever answers is no colony.
  }
}
