import { ServerError } from '../errors.js';

/**
 * Lets a bounded number of requests do something at once, in the order they came.
 *
 * Live SQL passes here: a long query holds one of the store's few readers, and lists and health
 * checks must always find another.
 */
export class Turnstile {
  readonly #places: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #inside = 0;

  constructor(places: number, maxWaiting: number) {
    this.#places = places;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Waits for a place, does `act`, and gives the place to the next.
   *
   * @throws {ServerError} `SERVER_OVERLOADED` when too many wait already
   * @throws the signal's reason when it fires while waiting
   */
  async pass<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#places) this.#inside += 1;
    else await this.#wait(signal);
    try {
      return await act();
    } finally {
      // The place goes to the next in line directly, so that nobody slips in between.
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside -= 1;
      else next();
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new ServerError(
        'SERVER_OVERLOADED',
        `${this.#maxWaiting} queries wait already. Ask again in a moment.`,
      );
    }
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(signal.reason as Error);
      };
      this.#waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
