import type { HttpRequest } from '../listen/exchange.js';
import type { ByteBudget } from './byte-budget.js';
import { readJsonObject } from './read-json-object.js';

const timeoutMs = 15_000;

/**
 * Reads a small request's JSON object, within the budget that all bodies share.
 *
 * @throws {ServerError} what {@link readJsonObject} throws
 */
export async function readJsonInput(
  request: HttpRequest,
  bodies: ByteBudget,
  maxBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  const account = bodies.open();
  try {
    return await readJsonObject(request, { maxBytes, timeoutMs, account });
  } finally {
    account.release();
  }
}
