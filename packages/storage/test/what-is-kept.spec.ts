// What docs/what-is-kept.md says of periods that nobody can change.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { manualClock, useTempDir } from '@coral/testkit';
import { defaultOptions } from '../src/open-options.js';
import { writeEveryMs } from '../src/services/service-fold.js';
import { remembered } from '../src/services/watch-services.js';
import { numberPoints } from './support/number-points.js';
import { openStore } from './support/open-store.js';

const dir = useTempDir();
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A row of the page's tables: its second cell. */
async function keptFor(what: string): Promise<string> {
  const page = await readFile(new URL('../../../docs/what-is-kept.md', import.meta.url), 'utf8');
  const row = page.split('\n').find((line) => line.startsWith(`| ${what}`));
  if (row === undefined) throw new Error(`The page has no row that begins with ${what}`);
  return row.split('|')[2]!.trim();
}

describe('docs/what-is-kept.md', () => {
  it('says how long points stay', async () => {
    const [, ...times] = /^(\d+) h (\d+) min to (\d+) h (\d+) min$/.exec(
      await keptFor('points: the values'),
    )!;
    const [a, b, c, d] = times.map(Number) as [number, number, number, number];
    const [leastMs, mostMs] = [a * hourMs + b * minuteMs, c * hourMs + d * minuteMs];
    const midnight = Date.UTC(2026, 0, 5);
    const clock = manualClock(midnight);
    const database = await openStore(dir, { now: clock.now });
    const oldest = async () => {
      await database.summarise();
      await database.rollUp();
      const { rows } = await database.queryReadOnly('SELECT epoch_ms(min(time)) FROM points');
      for await (const [row] of rows) return Number(row![0]);
      return undefined;
    };
    // An hour is over at three; the three newest that hold data stay open whatever the time is.
    const end = midnight + 3 * hourMs;
    for (const minute of [50, 110, 170, 190, 250, 305]) {
      clock.set(midnight + minute * minuteMs);
      const series = { serviceId: 'shop', metricName: 'queue', kind: 'gauge' } as const;
      await database.appendPoints(numberPoints(series, [{ timeMs: clock.now(), value: 1 }]));
    }
    clock.set(end + leastMs - 1_000);
    expect(await oldest()).toBeLessThan(end);
    clock.set(end + leastMs + 1_000);
    expect(await oldest()).toBeGreaterThan(end);
    // A point from its beginning is as old as points become.
    expect(leastMs + hourMs).toBe(mostMs);
  });

  it('says how long is remembered what events are made of', async () => {
    const days = (ms: number) => `${ms / (24 * hourMs)} day`;
    expect(await keptFor('errors that were logged')).toBe(
      `${days(remembered.errorsMs)}s, ${remembered.errorsPerService} of a service`,
    );
    expect(await keptFor('processes that speak')).toBe(days(remembered.instancesMs));
    const page = await readFile(new URL('../../../docs/what-is-kept.md', import.meta.url), 'utf8');
    expect(page).toContain(`up to ${writeEveryMs / 1_000} seconds of \`last_seen\``);
    expect(remembered.requestsMs).toBe(15 * minuteMs);
    expect(defaultOptions.hotWindowMs).toBe(24 * hourMs);
  });
});
