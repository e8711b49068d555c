import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Milliseconds after which to give up. Default 5000. */
  readonly timeoutMs?: number;
  /** Milliseconds between two attempts. Default 25. */
  readonly intervalMs?: number;
}

/**
 * Repeats `attempt` until it neither throws nor returns `false`, and gives what it returned.
 *
 * For what happens in another process or behind a timer that a test cannot turn. Takes plain
 * conditions and assertions alike. Attempts do not overlap, and real time is used even while a
 * runner fakes timers.
 *
 * @throws {Error} after `timeoutMs`; its `cause` is what the last attempt threw
 * @example
 * await eventually(() => expect(existsSync(runFile)).toBe(true), { timeoutMs: 10_000 });
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const { timeoutMs = 5_000, intervalMs = 25 } = options;
  const deadline = performance.now() + timeoutMs;
  for (let attempts = 1; ; attempts++) {
    let failure: unknown;
    try {
      const result = await attempt();
      if (result !== false) return result as Exclude<T, false>;
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= deadline) throw timeoutError(timeoutMs, attempts, failure);
    await sleep(intervalMs);
  }
}

function timeoutError(timeoutMs: number, attempts: number, failure: unknown): Error {
  const said =
    failure === undefined ? 'it still returns false' : `the last attempt threw: ${String(failure)}`;
  return new Error(`Not so after ${timeoutMs} ms and ${attempts} attempts; ${said}`, {
    cause: failure,
  });
}
