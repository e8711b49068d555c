import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  cleanEnv,
  manualClock,
  onTestEnd,
  seededRandom,
  spawnProcess,
  useTempDir,
} from '@coral/testkit';
import { openDatabase, type Database } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';
import { allSummaries, appendAll, fiveMinutes, midnight, minute } from './support/five-minutes.js';
import { histogramPoints } from './support/histogram-points.js';
import { rows } from './support/look-ups.js';
import { numberPoints } from './support/number-points.js';

const hour = 60 * minute;
const day = 24 * hour;
const fivesUpTo = (end: number) => Array.from({ length: end }, (_, n) => n);

describe('roll-ups', () => {
  const dir = useTempDir();

  async function open(name = 'rollup') {
    const clock = manualClock(midnight);
    const database = await openDatabase({
      storagePath: dir.file(name),
      colonyId: 'rollup-dev',
      now: clock.now,
    });
    onTestEnd(() => database.close());
    return { database, clock };
  }

  async function bringUpToDate(database: Database) {
    await database.summarise();
    return database.rollUp();
  }

  /** What points of these five minutes come to, without interruption or haste. */
  async function reference(fives: readonly number[]): Promise<object[]> {
    const { database, clock } = await open('reference');
    for (const n of fives) {
      clock.set(midnight + (n + 1) * 5 * minute);
      await appendAll(database, fiveMinutes(n));
    }
    await bringUpToDate(database);
    return allSummaries(database);
  }

  const shape = async (database: Database, metric: string) =>
    (await rows(
      database,
      `SELECT interval, count(*), sum(count) FROM metric_summaries
       WHERE metric_name = '${metric}' GROUP BY interval ORDER BY interval`,
    )) as unknown[];

  it('hold each value once in every interval, the windows that go on included', async () => {
    const { database, clock } = await open();
    clock.set(midnight + 7 * 5 * minute);
    for (let n = 0; n < 7; n += 1) await appendAll(database, fiveMinutes(n));
    await database.summarise();
    expect(await database.rollUp()).toMatchObject({ sketches: 7, windows: 5, summaries: 15 });
    expect(await shape(database, 'latency')).toEqual([
      ['15m', 3, 35],
      ['1d', 1, 35],
      ['1h', 1, 35],
      ['5m', 7, 35],
    ]);
  });

  it('do nothing when nothing has changed', async () => {
    const { database } = await open();
    await appendAll(database, fiveMinutes(0));
    await bringUpToDate(database);
    const before = await allSummaries(database);
    expect(await bringUpToDate(database)).toMatchObject({ sketches: 0, windows: 0, summaries: 0 });
    await appendAll(database, fiveMinutes(0));
    expect(await bringUpToDate(database)).toMatchObject({ sketches: 1, windows: 3 });
    expect(await allSummaries(database)).toEqual(before);
  });

  it('are the same whatever was late, repeated, and rolled up in between', async () => {
    const random = seededRandom();
    const { database, clock } = await open('late');
    const count = 24;
    const waiting: number[] = [];
    for (let n = 0; n < count; n += 1) {
      clock.set(midnight + (n + 1) * 5 * minute);
      // Some wait for up to 50 minutes; some come twice.
      if (random.next() < 0.3) waiting.push(n);
      else await appendAll(database, fiveMinutes(n));
      if (random.next() < 0.1) await appendAll(database, fiveMinutes(n));
      const due = waiting.filter((late) => n - late >= 9 || random.next() < 0.2 || n === count - 1);
      for (const late of due) {
        waiting.splice(waiting.indexOf(late), 1);
        await appendAll(database, random.shuffle(fiveMinutes(late)));
      }
      if (random.next() < 0.3) await bringUpToDate(database);
    }
    await bringUpToDate(database);
    expect(await allSummaries(database)).toEqual(await reference(fivesUpTo(count)));
  }, 60_000);

  it('outlive points and sketches, which go once nothing can ask for them', async () => {
    const { database, clock } = await open();
    const hours = 4 * 24 + 5;
    for (let n = 0; n < hours; n += 1) {
      clock.set(midnight + n * hour);
      await database.appendPoints(
        numberPoints({ serviceId: 's', metricName: 'g', kind: 'gauge' }, [
          { timeMs: midnight + n * hour, value: 1 + n },
        ]),
      );
      if (n % 5 === 0) await bringUpToDate(database);
    }
    await bringUpToDate(database);
    expect(await shape(database, 'g')).toEqual([
      ['15m', hours, hours],
      ['1d', 5, hours],
      ['1h', hours, hours],
      ['5m', hours, hours],
    ]);
    const [left] = await rows(
      database,
      `SELECT (SELECT count(*) FROM points),
         (SELECT count(*) FROM metric_sketches WHERE interval = '5m'),
         (SELECT count(*) FROM metric_sketches WHERE interval = '1d')`,
    );
    // Points of the hours that late ones may still change; days that a jumped clock may come back to.
    expect(left).toEqual([4, 4, 3]);
  }, 60_000);

  it('of a histogram are placed within the buckets of its sender', async () => {
    const { database, clock } = await open();
    clock.set(midnight + 15 * minute);
    const histogram = {
      serviceId: 's',
      metricName: 'h',
      kind: 'histogram',
      temporality: 'delta',
      bounds: [10, 20, 40],
    } as const;
    for (const [n, buckets] of [
      [1, 0, 50],
      [1, 1, 40],
      [1, 2, 10],
    ].entries()) {
      const [sign, bucket, count] = buckets as [number, number, number];
      await database.appendPoints(
        histogramPoints(histogram, [
          {
            timeMs: midnight + n * 5 * minute,
            count,
            sum: 15 * count,
            buckets: [[sign, bucket, count]],
          },
        ]),
      );
    }
    await bringUpToDate(database);
    const [summary] = await database.listMetricSummaries({ interval: '1h' });
    expect(summary).toMatchObject({ p50: 10, p95: 30, p99: 38, mean: 15, max: 40, count: 100 });
  });

  it('know no sum of a histogram of which one part has none', async () => {
    const { database } = await open();
    const at = (sum: number | undefined, count: number) =>
      histogramPoints(
        {
          serviceId: 's',
          metricName: 'h',
          kind: 'histogram',
          temporality: 'delta',
          bounds: [1],
        },
        [
          {
            timeMs: midnight - count * 5 * minute,
            count,
            buckets: [[1, 0, count]],
            ...(sum === undefined ? {} : { sum }),
          },
        ],
      );
    await appendAll(database, [at(5, 1), at(undefined, 2)]);
    await bringUpToDate(database);
    const [hour] = await database.listMetricSummaries({ interval: '1h' });
    expect(hour).toMatchObject({ count: 3 });
    expect(hour).not.toHaveProperty('mean');
  });

  it('miss no point that comes while many are rolled up', async () => {
    const { database, clock } = await open();
    clock.set(midnight + 5 * minute);
    const points = (metricName: string, count: number, offset = 0) =>
      numberPoints(
        { serviceId: 's', metricName, kind: 'gauge' },
        Array.from({ length: count }, (_, n) => ({ timeMs: midnight + offset + n, value: n })),
      );
    const metrics = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    await appendAll(
      database,
      metrics.map((name) => points(name, 60_000)),
    );
    await database.summarise();
    const rollingUp = database.rollUp();
    for (let n = 0; n < 10; n += 1) {
      await appendAll(
        database,
        metrics.map((name) => points(name, 10, 100_000 + n * 10)),
      );
      await database.summarise();
    }
    await rollingUp;
    await database.rollUp();
    const hours = await database.listMetricSummaries({ interval: '1h' });
    expect(hours.map(({ metricName, count }) => [metricName, count])).toEqual(
      metrics.map((name) => [name, 60_100]),
    );
  }, 60_000);

  it('leave summaries alone that came without points', async () => {
    const { database } = await open();
    const inserted = (['5m', '15m', '1h', '1d'] as const).map((interval) => ({
      timestamp: new Date(midnight),
      serviceId: 's',
      metricName: 'inserted',
      interval,
      p95: 7,
      count: 3,
    }));
    await database.insertMetricSummaries(inserted);
    await appendAll(database, fiveMinutes(0));
    await bringUpToDate(database);
    expect(await shape(database, 'inserted')).toEqual([
      ['15m', 1, 3],
      ['1d', 1, 3],
      ['1h', 1, 3],
      ['5m', 1, 3],
    ]);
  });

  it('are brought up to date after a restart', async () => {
    const { database } = await open();
    await appendAll(database, fiveMinutes(0));
    await database.summarise();
    await database.close();
    const { database: again } = await open();
    expect(await again.rollUp()).toMatchObject({ sketches: 1, windows: 3 });
  });

  it('begin with what a file from before there were sketches still holds of points', async () => {
    const { database, clock } = await open();
    clock.set(midnight + 2 * hour);
    for (let n = 18; n < 24; n += 1) await appendAll(database, fiveMinutes(n));
    await database.summarise();
    await database.insertMetricSummary({
      timestamp: new Date(midnight + hour),
      serviceId: 's',
      metricName: 'latency',
      interval: '5m',
      p50: 1,
      count: 1,
    });
    await database.close();
    await bareDuckdb(
      database.path,
      'DROP TABLE metric_sketches',
      'DROP TABLE dirty_rollups',
      'DROP TABLE closed_times',
      'DELETE FROM schema_version WHERE version >= 5',
    );
    const { database: upgraded, clock: later } = await open();
    later.set(midnight + 2 * hour);
    expect(await bringUpToDate(upgraded)).toMatchObject({ sketches: 6, summaries: 6 });
    expect(await shape(upgraded, 'latency')).toEqual([
      ['15m', 2, 30],
      ['5m', 7, 31],
    ]);
    const [early] = fiveMinutes(14);
    expect(await upgraded.appendPoints(early!)).toMatchObject({ accepted: 0 });
  });

  describe('when the clock jumps', () => {
    const someOfFiveHours = fivesUpTo(60).filter((n) => n % 5 === 0);
    let expected: Promise<object[]> | undefined;

    it.each([10 * day, -10 * day, 3 * hour, -3 * hour])(
      'by %d ms for a while, are what they would have been',
      async (jumpMs) => {
        const { database, clock } = await open('jump');
        for (const n of someOfFiveHours) {
          const now = midnight + (n + 1) * 5 * minute;
          if (n === 45) {
            clock.set(now + jumpMs);
            await bringUpToDate(database);
            await bringUpToDate(database);
          }
          clock.set(now);
          await appendAll(database, fiveMinutes(n));
          if (n % 15 === 0) await bringUpToDate(database);
        }
        await bringUpToDate(database);
        expected ??= reference(someOfFiveHours);
        expect(await allSummaries(database)).toEqual(await expected);
      },
      60_000,
    );

    it('with the senders’ clocks, change nothing of what was before', async () => {
      const { database, clock } = await open();
      for (const n of someOfFiveHours) {
        clock.set(midnight + (n + 1) * 5 * minute);
        await appendAll(database, fiveMinutes(n));
      }
      await bringUpToDate(database);
      expect(await rows(database, 'SELECT count(*) FROM closed_times')).toEqual([[2]]);
      const before = await allSummaries(database);
      // Back to an hour whose points are gone: they cannot be told from new ones, and are refused.
      clock.set(midnight + 10 * minute);
      const points = numberPoints({ serviceId: 's', metricName: 'latency', kind: 'gauge' }, [
        { timeMs: midnight + 5 * minute, value: 1e6 },
      ]);
      expect(await database.appendPoints(points)).toEqual({
        accepted: 0,
        rejected: [{ reason: 'from a time that is closed', count: 1 }],
      });
      await bringUpToDate(database);
      expect(await allSummaries(database)).toEqual(before);
      // Forward for a quarter of an hour and back: what goes on now still takes points.
      clock.set(midnight + 10 * day);
      for (let n = 2880; n < 2883; n += 1) {
        clock.advance(5 * minute);
        await appendAll(database, fiveMinutes(n));
        await bringUpToDate(database);
      }
      clock.set(midnight + 61 * 5 * minute);
      for (const batch of fiveMinutes(60)) {
        expect(await database.appendPoints(batch)).toMatchObject({ rejected: [] });
      }
      await bringUpToDate(database);
      const today = (await allSummaries(database)).filter(
        (summary) => (summary as { timestamp: Date }).timestamp.getTime() < midnight + day,
      );
      expect(today).toEqual(await reference([...someOfFiveHours, 60]));
    }, 60_000);
  });

  describe('of a writer that is killed', () => {
    let program: string;
    beforeAll(async () => {
      program = await buildProgram('roller');
    });

    it('are what they would have been', async () => {
      const random = seededRandom();
      let next = 0;
      for (let cycle = 0; cycle < 4; cycle += 1) {
        const child = await spawnProcess({
          command: process.execPath,
          args: [program, dir.file('killed'), 'rollup-dev', String(next)],
          env: cleanEnv({ home: dir.path }),
        });
        await child.waitForOutput(/^ready/m, { timeoutMs: 60_000 });
        await new Promise((resolve) => setTimeout(resolve, random.integer(500, 3000)));
        await child.kill9();
        expect(child.stderr).toBe('');
        const acknowledged = [...child.stdout.matchAll(/^ack (\d+)$/gm)].at(-1)?.[1];
        if (acknowledged !== undefined) next = Number(acknowledged) + 5;
      }
      const { database, clock } = await open('killed');
      clock.set(midnight + (next + 1) * 5 * minute);
      await appendAll(database, fiveMinutes(next));
      await bringUpToDate(database);
      expect(next).toBeGreaterThan(15);
      expect(await allSummaries(database)).toEqual(
        await reference(fivesUpTo(next + 1).filter((n) => n % 5 === 0)),
      );
    }, 180_000);
  });
});
