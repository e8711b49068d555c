import type { HttpResponse } from '../listen/exchange.js';

/** Begins an answer that is lines of JSON, sent while they are made. */
export function beginLines(response: HttpResponse): void {
  response.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
}

/**
 * A signal that fires when the caller goes away before the answer is complete.
 *
 * Complete is what was ended here: Node ends the stream of an HTTP/2 request that is reset, so that
 * it may even count as finished.
 */
export function abortedByClose(response: HttpResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableEnded) controller.abort();
  });
  if (response.destroyed) controller.abort();
  return controller.signal;
}

/**
 * Writes one line, and waits while the caller has not read what was written before. Nothing is
 * written to a caller that went away.
 */
export async function writeLine(
  response: HttpResponse,
  value: unknown,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted || response.write(`${JSON.stringify(value)}\n`) || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.on('drain', done);
    signal.addEventListener('abort', done);
  });
}
