import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { manualClock, onTestEnd, seededRandom, useTempDir } from '@coral/testkit';
import { rows } from './support/look-ups.js';
import { describe as describeSeries, numberPoints } from './support/number-points.js';
import { openStore } from './support/open-store.js';

const hour = 3_600_000;
const noon = Date.UTC(2026, 0, 1, 12);
const seriesCount = 2_500;

const seriesOf = (id: number) =>
  ({
    serviceId: 'shop',
    metricName: 'load',
    kind: 'gauge',
    attributes: `{"id":${id}}`,
  }) as const;

describe('series that are forgotten', () => {
  const dir = useTempDir();

  it('take no point along that comes back to them meanwhile', async () => {
    const clock = manualClock(noon);
    const random = seededRandom();
    const database = await openStore(dir, { now: clock.now });
    onTestEnd(() => database.close());
    const send = (id: number, timeMs: number) =>
      database.appendPoints(numberPoints(seriesOf(id), [{ timeMs, value: id }]));
    const ids = Array.from({ length: seriesCount }, (_, id) => id);
    await database.appendPoints({
      ...numberPoints(
        seriesOf(0),
        ids.map((id) => ({ timeMs: noon, value: id })),
      ),
      series: ids.map((id) => describeSeries(seriesOf(id))),
      seriesIndex: Uint32Array.from(ids),
    });
    for (let n = 0; n < 3; n += 1) {
      clock.advance(hour);
      await send(0, clock.now());
    }
    await database.summarise();
    await database.rollUp();
    // The first hour is over now: with its points the series go, while some of them come back.
    clock.advance(hour);
    const sent: Promise<unknown>[] = [];
    let isGoing = true;
    const going = database.rollUp().finally(() => (isGoing = false));
    while (isGoing) {
      for (let n = 0; n < 5; n += 1) {
        sent.push(send(random.integer(0, seriesCount - 1), clock.now() + sent.length));
      }
      await setImmediate();
    }
    expect(await going).toMatchObject({ hoursClosed: 1 });
    const answers = await Promise.all(sent);
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ accepted: 1, rejected: [] })]),
    );
    expect((await database.stats()).points.series).toBeLessThan(seriesCount);
    // Each has a series, and its own: numbers of those that went are given to others.
    const stored = await rows(
      database,
      `SELECT count(*), count(*) FILTER (attributes = '{"id":' || value::INTEGER || '}')
       FROM points LEFT JOIN series USING (series_id)`,
    );
    expect(stored).toEqual([[sent.length + 3, sent.length + 3]]);
  }, 60_000);
});
