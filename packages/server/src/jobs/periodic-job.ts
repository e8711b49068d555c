import type { Logger } from '../logger.js';

/** What runs again and again. */
export interface PeriodicJobOptions {
  /** For the log: `summarise`. */
  readonly name: string;
  /** @param signal aborted by stopping: a long run may end early */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Pause between the end of one run and the start of the next, ms. */
  readonly intervalMs: number;
  /** How long the first run waits, ms. Default 0: it does not. */
  readonly firstAfterMs?: number;
  /** The pause is at least this many times the last run's duration. Default 0: no such bound. */
  readonly restFactor?: number;
  readonly logger: Logger;
}

/** A job that runs until it is stopped. */
export interface RunningJob {
  /** Starts no further run, and waits for the one that is under way. Idempotent, never rejects. */
  stop(): Promise<void>;
}

/**
 * Runs a job at once, or after a while, and then again and again, never twice at a time. A run that
 * fails is logged and the next one takes place all the same. The job does not keep the process alive.
 */
export function startPeriodicJob(options: PeriodicJobOptions): RunningJob {
  const { name, run, intervalMs, restFactor = 0, firstAfterMs = 0, logger } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const once = async (): Promise<void> => {
    const startedAt = performance.now();
    try {
      await run(signal);
    } catch (reason) {
      const outcome = signal.aborted ? 'was stopped' : 'failed; it will be tried again';
      logger.warn({ err: reason, job: name }, `a periodic job ${outcome}`);
    }
    const tookMs = performance.now() - startedAt;
    if (signal.aborted) return;
    timer = setTimeout(next, pauseAfter(tookMs, { intervalMs, restFactor }));
    timer.unref();
  };
  const next = (): void => {
    running = once();
  };
  if (firstAfterMs === 0) next();
  else timer = setTimeout(next, firstAfterMs).unref();

  return {
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

/** How long a job rests after a run, ms: its interval, or longer after a long run. */
export function pauseAfter(
  tookMs: number,
  { intervalMs, restFactor }: { intervalMs: number; restFactor: number },
): number {
  return Math.max(intervalMs, restFactor * tookMs);
}
