/** A window as work to be done. */
export interface Due {
  /** Tells it from others. */
  readonly key: string | number;
  /** When it is over, exclusive. µs */
  readonly endUs: number;
}

/** How long after its end a window counts as complete: points travel. µs */
const graceUs = 15_000_000;
/** Work that may have to be done again takes at most one part in so many of the time. */
const restFactor = 10;
/** Longest rest: what was revised is not kept waiting for longer. ms */
const longestRestMs = 5 * 60_000;
/** Windows remembered as finished. */
const maxFinished = 2_000;

/**
 * Decides which windows to compute now.
 *
 * A window that is over is computed at once, whatever that takes: its points are as many as they will
 * be, and putting it off would only add it to the next one. A window that goes on, or was revised by
 * late points, is computed again as often as that costs no more than a tenth of the time.
 */
export class Pace {
  readonly #now: () => number;
  /** Keys of windows that were computed after their end. */
  readonly #finished = new Set<string | number>();
  #restUntil = -Infinity;
  #spentMs = 0;

  /** @param now a clock that only goes forward, ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Which of these are due, in their order. µs */
  due<T extends Due>(windows: readonly T[], nowUs: number): T[] {
    if (this.#now() >= this.#restUntil) return [...windows];
    return windows.filter((window) => this.#isFirst(window, nowUs));
  }

  /** Notes that a window was computed. */
  ran(window: Due, nowUs: number, durationMs: number): void {
    if (this.#isFirst(window, nowUs)) this.#finish(window.key);
    else this.#spentMs += durationMs;
  }

  /** Ends a round: from here on it rests in proportion to what was done again. */
  rest(): void {
    if (this.#spentMs === 0) return;
    this.#restUntil = this.#now() + Math.min(restFactor * this.#spentMs, longestRestMs);
    this.#spentMs = 0;
  }

  #isFirst({ key, endUs }: Due, nowUs: number): boolean {
    return endUs + graceUs <= nowUs && !this.#finished.has(key);
  }

  #finish(key: string | number): void {
    this.#finished.add(key);
    if (this.#finished.size <= maxFinished) return;
    const [oldest] = this.#finished;
    this.#finished.delete(oldest!);
  }
}
