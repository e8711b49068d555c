import type { ProcessPort } from './io.js';

/** While it is held, Ctrl-C and SIGTERM stop what watches the signal instead of the process. */
export function stoppedBySignal(
  process: Pick<ProcessPort, 'onSignal'>,
): Disposable & { readonly signal: AbortSignal } {
  const stop = new AbortController();
  const offs = (['SIGINT', 'SIGTERM'] as const).map((name) =>
    process.onSignal(name, () => stop.abort()),
  );
  return {
    signal: stop.signal,
    [Symbol.dispose]: () => {
      for (const off of offs) off();
    },
  };
}
