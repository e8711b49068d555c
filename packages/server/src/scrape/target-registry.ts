import type { ScrapeTarget } from './scrape-target.js';

/** What is known of one target. */
export interface TargetStatus {
  readonly job: string;
  readonly instance: string;
  readonly url: string;
  /** `waiting`: has not been scraped yet. */
  readonly state: 'waiting' | 'up' | 'down';
  /** Scrapes since the start. */
  readonly scrapes: number;
  /** Those of them that failed. */
  readonly failures: number;
  /** How many failed one after the other, up to now. */
  readonly failuresInARow: number;
  /** When the last scrape began. */
  readonly lastScrapeAt?: Date;
  /** How long it took until its answer was read, ms. */
  readonly lastDurationMs?: number;
  /** Samples of the last scrape that succeeded, and how many of them could not be stored. */
  readonly samples: number;
  readonly rejected: number;
  /** What went wrong last: with the target, or with storing what it served. */
  readonly lastError?: { readonly at: Date; readonly message: string };
}

/** How a scrape went. */
export interface ScrapeOutcome {
  readonly at: Date;
  readonly durationMs: number;
  /** Absent: the target could be scraped. */
  readonly failure?: string | undefined;
  /** Why what it served could not be stored. */
  readonly storeFailure?: string | undefined;
  readonly samples: number;
  readonly rejected: number;
}

/**
 * Knows of every target of a colony how its last scrape went, from before the first one. The server
 * shows it in the status.
 */
export class TargetRegistry {
  readonly #statuses: Map<ScrapeTarget, TargetStatus>;

  constructor(targets: readonly ScrapeTarget[] = []) {
    this.#statuses = new Map(
      targets.map((target) => [
        target,
        {
          job: target.job,
          instance: target.instance,
          url: target.url,
          state: 'waiting',
          scrapes: 0,
          failures: 0,
          failuresInARow: 0,
          samples: 0,
          rejected: 0,
        },
      ]),
    );
  }

  /** The targets, in the order of the configuration. */
  get targets(): ScrapeTarget[] {
    return [...this.#statuses.keys()];
  }

  /** The same, as they stand. */
  list(): TargetStatus[] {
    return [...this.#statuses.values()];
  }

  /** @internal — the scraper calls it; not covered by semver */
  note(target: ScrapeTarget, outcome: ScrapeOutcome): void {
    const known = this.#statuses.get(target);
    if (known === undefined) return;
    const { at, durationMs, failure, storeFailure, samples, rejected } = outcome;
    const message = failure ?? storeFailure;
    this.#statuses.set(target, {
      ...known,
      state: failure === undefined ? 'up' : 'down',
      scrapes: known.scrapes + 1,
      failures: known.failures + (failure === undefined ? 0 : 1),
      failuresInARow: failure === undefined ? 0 : known.failuresInARow + 1,
      lastScrapeAt: at,
      lastDurationMs: durationMs,
      samples: failure === undefined ? samples : known.samples,
      rejected: failure === undefined ? rejected : known.rejected,
      ...(message === undefined ? {} : { lastError: { at, message } }),
    });
  }
}
