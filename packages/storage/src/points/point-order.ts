import { windowStartUs } from './window.js';

/** Windows remembered one by one; beyond it the oldest half is doubted as a whole. */
const maxRemembered = 1_000;

/**
 * Which windows may hold two points of one series for the same time. Where each series' points came
 * one after the other none can, and computing summaries need not look for them, which is most of
 * its work.
 *
 * It may doubt without reason, never the other way round: of what came before the file was opened it
 * knows nothing, and a write that was rolled back counts like one that was not.
 */
export class PointOrder {
  /** By the series' number: its newest point. µs */
  #newestUs = new Float64Array(1024);
  readonly #doubted = new Set<number>();
  /** Windows up to this one are doubted. µs */
  #knownAfterUs = -Infinity;

  /** Doubts all windows up to the one that begins then. µs */
  doubtUntil(startUs: number): void {
    this.#knownAfterUs = Math.max(this.#knownAfterUs, startUs);
  }

  /** Notes a point that is about to be stored. µs */
  note(seriesId: number, timeUs: number): void {
    if (seriesId >= this.#newestUs.length) this.#grow(seriesId);
    if (timeUs > this.#newestUs[seriesId]!) this.#newestUs[seriesId] = timeUs;
    else this.#doubt(windowStartUs(timeUs));
  }

  /** Whether a window may hold two points of one series for one time. µs */
  mayRepeat(startUs: number): boolean {
    return startUs <= this.#knownAfterUs || this.#doubted.has(startUs);
  }

  /** The newest point of a series that was noted; 0 when none was. µs */
  newestOf(seriesId: number): number {
    return this.#newestUs[seriesId] ?? 0;
  }

  #doubt(startUs: number): void {
    this.#doubted.add(startUs);
    if (this.#doubted.size <= maxRemembered) return;
    const oldestFirst = [...this.#doubted].sort((a, b) => a - b);
    this.doubtUntil(oldestFirst[maxRemembered / 2]!);
    for (const us of oldestFirst) if (us <= this.#knownAfterUs) this.#doubted.delete(us);
  }

  #grow(seriesId: number): void {
    const larger = new Float64Array(Math.max(this.#newestUs.length * 2, seriesId + 1));
    larger.set(this.#newestUs);
    this.#newestUs = larger;
  }
}
