import type { ProcessPort, StopSignal } from '../io.js';
import { exitCodes } from '../exit-codes.js';

/** Why a colony stops. */
export type StopReason =
  | { readonly kind: 'signal'; readonly signal: StopSignal }
  | { readonly kind: 'request' }
  | { readonly kind: 'error'; readonly error: unknown };

/** The reasons to stop, as they come; made before the start, so that none is missed. */
export interface StopWatch extends Disposable {
  /** Aborted by the first reason, which is its `reason`. */
  readonly signal: AbortSignal;
  /** Stops for a reason that is not a signal. */
  readonly stop: (reason: StopReason) => void;
  /** Resolves to the first reason. */
  readonly reason: Promise<StopReason>;
}

/**
 * Watches for reasons to stop: SIGINT, SIGTERM, an error nobody caught, a request over the API.
 *
 * The first begins an orderly stop. A second SIGINT ends the process at once: whoever presses
 * Ctrl-C twice does not want to wait, and the store is made to survive that.
 */
export function watchForStop(processPort: ProcessPort): StopWatch {
  const abort = new AbortController();
  let resolveReason: (reason: StopReason) => void;
  const reason = new Promise<StopReason>((resolve) => (resolveReason = resolve));
  const stop = (why: StopReason) => {
    if (abort.signal.aborted) return;
    abort.abort(new StopError(why));
    resolveReason(why);
  };
  let interrupts = 0;
  const unsubscribe = [
    processPort.onSignal('SIGINT', () => {
      interrupts += 1;
      if (interrupts > 1) processPort.exitNow(exitCodes.interrupted);
      else stop({ kind: 'signal', signal: 'SIGINT' });
    }),
    processPort.onSignal('SIGTERM', () => stop({ kind: 'signal', signal: 'SIGTERM' })),
    processPort.onUncaught((error) => stop({ kind: 'error', error })),
  ];
  return {
    signal: abort.signal,
    stop,
    reason,
    [Symbol.dispose]: () => unsubscribe.forEach((off) => off()),
  };
}

/** What an interrupted start ends with. */
export class StopError extends Error {
  override readonly name = 'StopError';

  constructor(readonly why: StopReason) {
    super(`stopped by ${why.kind === 'signal' ? why.signal : why.kind}`);
  }
}
