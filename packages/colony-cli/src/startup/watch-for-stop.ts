import type { Io, StopSignal } from '../io.js';
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

// A terminal sends Ctrl-C to every program in front, and wrappers such as npm and Nx pass it on as
// well. So close together they are one key press.
const sameKeyPressMs = 250;

/**
 * Watches for reasons to stop: SIGINT, SIGTERM, an error nobody caught, a request over the API.
 *
 * The first begins an orderly stop. A second SIGINT ends the process at once: whoever presses
 * Ctrl-C twice does not want to wait, and the store is made to survive that.
 */
export function watchForStop({
  process: processPort,
  now,
}: Pick<Io, 'process' | 'now'>): StopWatch {
  const abort = new AbortController();
  let resolveReason: (reason: StopReason) => void;
  const reason = new Promise<StopReason>((resolve) => (resolveReason = resolve));
  const stop = (why: StopReason) => {
    if (abort.signal.aborted) return;
    abort.abort(new StopError(why));
    resolveReason(why);
  };
  let firstInterruptMs: number | undefined;
  const unsubscribe = [
    processPort.onSignal('SIGINT', () => {
      firstInterruptMs ??= now();
      if (now() - firstInterruptMs > sameKeyPressMs) processPort.exitNow(exitCodes.interrupted);
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
