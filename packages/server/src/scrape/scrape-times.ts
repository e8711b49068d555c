import { createHash } from 'node:crypto';
import type { ScrapeTarget } from './scrape-target.js';

/** The first scrapes of a start are spread over so long, ms. */
const spreadMs = 2_000;

/**
 * How long the first scrape of a target waits, ms: the same after every start, different from target
 * to target, so that they are not all asked at once.
 */
export function firstScrapeAfterMs({ job, instance, intervalMs }: ScrapeTarget): number {
  const digest = createHash('sha256').update(`${job}\n${instance}`).digest();
  return digest.readUInt32BE(0) % Math.min(spreadMs, intervalMs);
}

/**
 * The time of the next scrape: a whole number of intervals after the first, and in the future. One
 * that took too long skips those it ran into.
 *
 * Units: any, of one clock.
 */
export function nextScrapeAt(first: number, interval: number, now: number): number {
  return first + (Math.floor((now - first) / interval) + 1) * interval;
}
