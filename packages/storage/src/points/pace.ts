/** A window as work to be done. */
export interface Due {
  /** Tells it from others. */
  readonly key: string | number;
  /** When it is over, exclusive. µs */
  readonly endUs: number;
  /** How often commits changed it since it was up to date; absent: unknown. */
  readonly changes?: number;
}

/** How long after its end a window counts as complete: points travel. µs */
const graceUs = 15_000_000;
/** Work that may have to be done again takes at most one part in so many of the time. */
const restFactor = 10;
/** Longest rest: what was revised is not kept waiting for longer. ms */
const longestRestMs = 5 * 60_000;
/** A window that is over and changes as often as this between two looks, or was not there before, is being filled. */
const fillingChanges = 5;
/** How long a window that is being filled is left for later. ms */
const longestFillMs = 60_000;
/** Windows remembered as finished. */
const maxFinished = 2_000;

/**
 * Decides which windows to compute now.
 *
 * A window that is over is computed at once, whatever that takes: its points are as many as they will
 * be, and putting it off would only add it to the next one. A window that goes on, or was revised by
 * late points, is computed again as often as that costs no more than a tenth of the time. One that is
 * over and still being filled, as by a sender that makes up for an outage, waits until that ends, or a
 * minute.
 */
export class Pace {
  readonly #now: () => number;
  /** Keys of windows that were computed after their end. */
  readonly #finished = new Set<string | number>();
  /** Of the windows that were listed last: their changes, and since when they are being filled. */
  #looks = new Map<string | number, { readonly changes: number; readonly fillingSince?: number }>();
  #restUntil = -Infinity;
  #spentMs = 0;

  /** @param now a clock that only goes forward, ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Which of these are due, in their order. µs */
  due<T extends Due>(windows: readonly T[], nowUs: number): T[] {
    const isResting = this.#now() < this.#restUntil;
    const before = this.#looks;
    this.#looks = new Map();
    return windows.filter((window) => {
      const { key, changes = 0 } = window;
      const last = before.get(key);
      const isNew = !last && changes > 0;
      const isChanging = changes - (last?.changes ?? 0) >= fillingChanges;
      const isFilling = isOver(window, nowUs) && (isNew || isChanging);
      const fillingSince = last?.fillingSince ?? this.#now();
      const isLeft = isFilling && this.#now() - fillingSince < longestFillMs;
      this.#looks.set(key, isLeft ? { changes, fillingSince } : { changes });
      return !isLeft && (!isResting || this.#isFirst(window, nowUs));
    });
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

  #isFirst(window: Due, nowUs: number): boolean {
    return isOver(window, nowUs) && !this.#finished.has(window.key);
  }

  #finish(key: string | number): void {
    this.#finished.add(key);
    if (this.#finished.size <= maxFinished) return;
    const [oldest] = this.#finished;
    this.#finished.delete(oldest!);
  }
}

function isOver({ endUs }: Due, nowUs: number): boolean {
  return endUs + graceUs <= nowUs;
}
