/** Length of the window over which the rate is taken. */
const windowS = 60;

/** What came in since the server started. */
export interface IngestTotals {
  /** Requests answered with success or partial success. */
  readonly requests: number;
  /** Requests refused or failed. */
  readonly failures: number;
  readonly pointsAccepted: number;
  readonly pointsRejected: number;
  /** Accepted points a second, over the last minute or since the start, whichever is shorter. */
  readonly pointsPerSecond: number;
}

/** Counts telemetry as it comes in. */
export class IngestMeter {
  readonly #now: () => number;
  readonly #startedS: number;
  /** Accepted points by second, in a ring: entry `s % windowS` belongs to second `#seconds[…]`. */
  readonly #points = new Float64Array(windowS);
  readonly #seconds = new Float64Array(windowS);
  #requests = 0;
  #failures = 0;
  #accepted = 0;
  #rejected = 0;

  /** @param now the time, ms since the epoch */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedS = Math.floor(now() / 1_000);
  }

  /** Counts a request that was stored. */
  stored(accepted: number, rejected: number): void {
    this.#requests += 1;
    this.#accepted += accepted;
    this.#rejected += rejected;
    const second = Math.floor(this.#now() / 1_000);
    const place = second % windowS;
    if (this.#seconds[place] !== second) {
      this.#seconds[place] = second;
      this.#points[place] = 0;
    }
    this.#points[place]! += accepted;
  }

  /** Counts a request that was not stored. */
  failed(): void {
    this.#failures += 1;
  }

  totals(): IngestTotals {
    const second = Math.floor(this.#now() / 1_000);
    let recent = 0;
    for (const [place, points] of this.#points.entries()) {
      const age = second - this.#seconds[place]!;
      if (age >= 0 && age < windowS) recent += points;
    }
    const lengthS = Math.min(windowS, Math.max(1, second - this.#startedS + 1));
    return {
      requests: this.#requests,
      failures: this.#failures,
      pointsAccepted: this.#accepted,
      pointsRejected: this.#rejected,
      pointsPerSecond: recent / lengthS,
    };
  }
}
