import type { Database, QueryResult } from '@coral/storage';
import type { Logger } from '../logger.js';
import { failureFrom } from '../answers/failure.js';
import { failureBody } from '../answers/json-answer.js';
import type { ByteBudget } from '../http/byte-budget.js';
import { abortedByClose, beginLines, writeLine } from '../http/json-lines.js';
import { readJsonInput } from '../http/read-json-input.js';
import { Turnstile } from '../http/turnstile.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import type { Route } from './route.js';
import { parseSqlRequest } from './sql-request.js';
import type { SqlRequest } from './sql-request.js';

/** The statement may be long, the rest is small. */
const maxBodyBytes = 4_194_304;

type Batch = QueryResult['rows'] extends AsyncIterable<infer T> ? T : never;

/** What the route works with. */
export interface SqlRouteOptions {
  readonly database: Pick<Database, 'queryReadOnly'>;
  readonly logger: Logger;
  readonly bodies: ByteBudget;
}

/**
 * `POST /api/v1/sql`: read-only SQL on the running colony, answered as lines of JSON while the rows
 * come.
 *
 * Shape: `{"columns":[{name,type}]}`, then any number of `{"rows":[[…],…]}`, then exactly one
 * `{"end":{"rows","truncated"}}` or `{"error":{code,message}}`: an answer without its last line was
 * cut. What fails before the first row is an HTTP status instead.
 *
 * One query runs at a time and the others wait in line. A caller that goes away stops its query, and
 * one that reads slowly slows it down until its deadline.
 */
export function sqlRoute({ database, logger, bodies }: SqlRouteOptions): Route {
  const turnstile = new Turnstile(1, 32);
  const answer = async (request: HttpRequest, response: HttpResponse): Promise<void> => {
    const query = parseSqlRequest(await readJsonInput(request, bodies, maxBodyBytes));
    const signal = abortedByClose(response);
    try {
      await turnstile.pass(signal, () => run(query, response, signal));
    } catch (reason) {
      // Whoever went away needs no answer.
      if (!signal.aborted) throw reason;
    }
  };
  const run = async (
    { sql, ...limits }: SqlRequest,
    response: HttpResponse,
    signal: AbortSignal,
  ): Promise<void> => {
    const result = await database.queryReadOnly(sql, { ...limits, signal });
    const rows = result.rows[Symbol.asyncIterator]();
    // The first rows may still fail (a cast, a deadline), which is worth a status.
    const first = await rows.next();
    beginLines(response);
    try {
      const count = await writeRows(response, result.columns, first, rows, signal);
      await writeLine(response, { end: { rows: count, truncated: result.truncated() } }, signal);
    } catch (reason) {
      await writeLine(response, { error: failureBody(failureFrom(reason, logger)) }, signal);
    }
    response.end();
  };
  return { method: 'POST', path: '/api/v1/sql', access: 'token', dialect: 'json', answer };
}

/** @returns the number of rows written */
async function writeRows(
  response: HttpResponse,
  columns: QueryResult['columns'],
  first: IteratorResult<Batch>,
  rows: AsyncIterator<Batch>,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  try {
    await writeLine(response, { columns }, signal);
    for (let next = first; next.done !== true; next = await rows.next()) {
      // The caller is gone: leaving early gives the reader back.
      if (signal.aborted) break;
      if (next.value.length > 0) await writeLine(response, { rows: next.value }, signal);
      count += next.value.length;
    }
  } finally {
    await rows.return?.();
  }
  return count;
}
