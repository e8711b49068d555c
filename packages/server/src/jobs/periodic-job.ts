import type { Logger } from '../logger.js';
import { backOffMs } from './back-off.js';
import { JobRegistry } from './job-registry.js';

/** Longest pause after a first failure, ms; the interval where that is shorter. */
const firstRetryMs = 10_000;
/** Longest pause after many failures, ms; the interval where that is longer. */
const lastRetryMs = 60_000;

/** What runs again and again. */
export interface PeriodicJobOptions {
  /** For the log and the status: `summarise`. */
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
  /** Where the job is listed while it runs. Default: nowhere. */
  readonly jobs?: JobRegistry | undefined;
  /** Spreads retries: from 0 up to but not including 1. Default `Math.random`. */
  readonly random?: () => number;
}

/** A job that runs until it is stopped. */
export interface RunningJob {
  /** Starts no further run, and waits for the one that is under way. Idempotent, never rejects. */
  stop(): Promise<void>;
}

/**
 * Runs a job at once, or after a while, and then again and again, never twice at a time. The job does
 * not keep the process alive.
 *
 * A run that fails, whatever it throws, is logged and tried again: within the interval or ten seconds,
 * whichever is shorter, and then after twice as long each time, up to the interval or a minute,
 * whichever is longer, with some chance in it. The first run that succeeds ends that.
 */
export function startPeriodicJob(options: PeriodicJobOptions): RunningJob {
  const { name, run, intervalMs, restFactor = 0, firstAfterMs = 0, logger, random } = options;
  const entry = (options.jobs ?? new JobRegistry()).add(name);
  const stopping = new AbortController();
  const { signal } = stopping;
  const backOff = {
    firstMs: Math.min(intervalMs, firstRetryMs),
    mostMs: Math.max(intervalMs, lastRetryMs),
    ...(random === undefined ? {} : { random }),
  };
  let failuresInARow = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const once = async (): Promise<void> => {
    entry.begins();
    const startedAt = performance.now();
    const tookMs = (): number => performance.now() - startedAt;
    try {
      await run(signal);
      entry.succeeds(tookMs());
      if (failuresInARow > 0) {
        logger.info({ job: name, failures: failuresInARow }, 'a periodic job works again');
      }
      failuresInARow = 0;
    } catch (reason) {
      if (signal.aborted) {
        logger.warn({ err: reason, job: name }, 'a periodic job was stopped');
        return;
      }
      failuresInARow = entry.fails(tookMs(), reason);
      logger.warn(
        { err: reason, job: name, failures: failuresInARow },
        'a periodic job failed; it will be tried again',
      );
    }
    if (signal.aborted) return;
    const untilDueMs = failuresInARow === 0 ? intervalMs : backOffMs(failuresInARow, backOff);
    wait(pauseAfter(tookMs(), { intervalMs: untilDueMs, restFactor }));
  };
  const next = (): void => {
    running = once();
  };
  const wait = (pauseMs: number): void => {
    entry.waits(pauseMs);
    timer = setTimeout(next, pauseMs).unref();
  };
  if (firstAfterMs === 0) next();
  else wait(firstAfterMs);

  return {
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await running;
      entry.remove();
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
