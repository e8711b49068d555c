import { describe, expect, it } from '@jest/globals';
import { firstScrapeAfterMs, nextScrapeAt } from './scrape-times.js';

const target = {
  job: 'node',
  instance: 'a:9100',
  url: 'http://a:9100/metrics',
  intervalMs: 15_000,
  timeoutMs: 10_000,
  labels: {},
};

describe('firstScrapeAfterMs', () => {
  it('differs from target to target, and is the same for one', () => {
    const waits = Array.from({ length: 50 }, (_, i) =>
      firstScrapeAfterMs({ ...target, instance: `host-${i}:9100` }),
    );
    expect(new Set(waits).size).toBeGreaterThan(40);
    expect(Math.max(...waits)).toBeLessThan(2_000);
    expect(firstScrapeAfterMs({ ...target })).toBe(firstScrapeAfterMs(target));
  });

  it('is less than the interval', () => {
    expect(firstScrapeAfterMs({ ...target, intervalMs: 1 })).toBe(0);
  });
});

describe('nextScrapeAt', () => {
  it.each([
    [100, 110],
    [109.9, 110],
    [110, 120],
    [147, 150],
  ])('keeps to the beat: at %d it is %d', (now, next) => {
    expect(nextScrapeAt(100, 10, now)).toBe(next);
  });
});
