import { describe, expect, it } from '@jest/globals';
import { eventually, manualClock, onTestEnd, useTempDir } from '@coral/testkit';
import { openDatabase, type OpenDatabaseOptions } from '../src/index.js';
import { histogramPoints } from './support/histogram-points.js';
import { numberPoints } from './support/number-points.js';

const hour = 3_600_000;
const noon = Date.UTC(2026, 0, 1, 12);

describe('the number of series', () => {
  const dir = useTempDir();

  async function open(options: Partial<OpenDatabaseOptions> = {}) {
    const clock = manualClock(noon);
    const database = await openDatabase({
      storagePath: dir.path,
      colonyId: 'series-dev',
      now: clock.now,
      ...options,
    });
    onTestEnd(() => database.close());
    return { database, clock };
  }

  /** One point of each of some series of a metric. */
  const points = (ids: readonly number[], timeMs = noon, metricName = 'requests') => {
    const each = ids.map((id) =>
      numberPoints({ serviceId: 'shop', metricName, kind: 'gauge', attributes: `{"id":${id}}` }, [
        { timeMs, value: id },
      ]),
    );
    return each;
  };

  async function appendAll(
    database: Awaited<ReturnType<typeof open>>['database'],
    batches: ReturnType<typeof points>,
  ) {
    const results = await Promise.all(batches.map((batch) => database.appendPoints(batch)));
    return results.map(({ accepted }) => accepted);
  }

  it('is bounded: points of one more are refused, those of known ones go on', async () => {
    const { database } = await open({ maxSeries: 3 });
    expect(await appendAll(database, points([1, 2, 3]))).toEqual([1, 1, 1]);
    expect(await database.appendPoints(points([4])[0]!)).toEqual({
      accepted: 0,
      rejected: [{ reason: expect.stringContaining('storage.max_series: 3'), count: 1 }],
    });
    expect(await appendAll(database, points([1, 5, 2, 6, 3], noon + 1))).toEqual([1, 0, 1, 0, 1]);
    const { points: counted, limits } = await database.stats();
    expect(counted).toEqual({ accepted: 6, rejected: 3, refused: 3, series: 3 });
    expect(limits).toMatchObject({ maxSeries: 3, maxSeriesPerMetric: 200_000 });
  });

  it('is bounded for each metric, so that an accident leaves room for the others', async () => {
    const { database } = await open({ maxSeriesPerMetric: 2 });
    expect(await appendAll(database, points([1, 2, 3]))).toEqual([1, 1, 0]);
    expect(await appendAll(database, points([1, 2, 3], noon, 'errors'))).toEqual([1, 1, 0]);
  });

  it('has no bound at 0', async () => {
    const { database } = await open({ maxSeries: 0, maxSeriesPerMetric: 0 });
    expect(await appendAll(database, points([1, 2, 3]))).toEqual([1, 1, 1]);
  });

  it('takes nothing of a histogram that it refuses', async () => {
    const { database } = await open({ maxSeries: 1 });
    await appendAll(database, points([1]));
    const histogram = histogramPoints(
      { serviceId: 'shop', metricName: 'latency', kind: 'histogram', bounds: [1] },
      [{ timeMs: noon, count: 1, sum: 1, buckets: [[1, 0, 1]] }],
    );
    expect(await database.appendPoints(histogram)).toMatchObject({ accepted: 0 });
    const { tables } = await database.stats();
    expect(tables).toMatchObject({ histogram_points: 0, histogram_buckets: 0, series: 1 });
  });

  it('is still known after a restart', async () => {
    const { database } = await open({ maxSeries: 2 });
    await appendAll(database, points([1, 2]));
    await database.close();
    const { database: again } = await open({ maxSeries: 2 });
    expect(await appendAll(again, points([1, 2, 3], noon + 1))).toEqual([1, 1, 0]);
  });

  it('is told in one event an hour, which names the metric', async () => {
    const { database, clock } = await open({ maxSeries: 1 });
    await appendAll(database, points([1, 2, 3, 4]));
    await eventually(async () => (await database.listEvents()).length > 0);
    await appendAll(database, points([5, 6]));
    await database.checkpoint(); // Whatever was queued before it is written.
    const [event, ...others] = await database.listEvents();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      serviceId: 'shop',
      eventType: 'cardinality_limit',
      details: {
        setting: 'storage.max_series',
        allowed: 1,
        metricName: 'requests',
        attributes: '{"id":2}',
      },
    });
    clock.advance(hour);
    await appendAll(database, points([7, 8]));
    await eventually(async () => (await database.listEvents()).length === 2);
  });

  it('shrinks when points are gone: what no longer reports makes room', async () => {
    const { database, clock } = await open({ maxSeries: 4 });
    await appendAll(database, points([1, 2, 3, 4]));
    for (let n = 1; n <= 6; n += 1) {
      clock.advance(hour);
      await appendAll(database, points([1], clock.now()));
      await database.summarise();
      await database.rollUp();
    }
    // 1 goes on; 4 is the last of its metric, so that what kind of metric it is stays known.
    expect((await database.stats()).points.series).toBe(2);
    expect(await appendAll(database, points([1, 5, 6, 7], clock.now() + 1))).toEqual([1, 1, 1, 0]);
    await database.close();
    const { database: again } = await open({ maxSeries: 4, now: clock.now });
    expect((await again.stats()).points.series).toBe(4);
    await again.summarise();
    const latest = await again.latestMetric({ service: 'shop', metric: 'requests' });
    expect(latest).toMatchObject({ count: 4, max: 6 });
  });
});
