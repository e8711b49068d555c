import type { Connection } from './connection.js';

/** How often an interrupt is repeated. ms */
const interruptEveryMs = 20;

/**
 * Interrupts the connection again and again from the abort on: an interrupt that comes between two
 * statements, or before a thread has taken up the next one, is forgotten by DuckDB.
 *
 * @returns what ends it
 */
export function interruptWhenAborted(connection: Connection, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    connection.interrupt();
    timer = setInterval(() => connection.interrupt(), interruptEveryMs);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start);
  return () => {
    signal.removeEventListener('abort', start);
    clearInterval(timer);
  };
}
