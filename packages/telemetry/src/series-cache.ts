import { SeriesInterner } from './series-interner.js';

export interface SeriesCacheOptions {
  /**
   * About how much memory the cache may take, in bytes. When a request finds it fuller than this
   * the cache starts over. Default 64 MiB, enough for some 100,000 series.
   */
  readonly maxBytes?: number;
}

/**
 * Remembers the series of earlier requests by the raw bytes of their attributes, so that a point of
 * a known series costs a look-up instead of parsing, sorting and hashing its attributes.
 *
 * Give every request the same one. A known series keeps the very same `SeriesDescriptor` object
 * between requests until the cache starts over; what is decoded does not depend on the cache.
 */
export class SeriesCache {
  /** @internal — not covered by semver */
  readonly interner: SeriesInterner;

  constructor(options: SeriesCacheOptions = {}) {
    this.interner = new SeriesInterner(options.maxBytes ?? 64 * 1024 * 1024);
  }

  /** Number of series remembered. */
  get size(): number {
    return this.interner.size;
  }

  /** About how much memory they take, in bytes. */
  get sizeBytes(): number {
    return this.interner.sizeBytes;
  }
}
