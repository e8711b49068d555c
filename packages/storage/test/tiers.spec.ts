import { describe, expect, it } from '@jest/globals';
import { manualClock, seededRandom, useTempDir } from '@coral/testkit';
import { openDatabase, type Database, type MetricSummary } from '../src/index.js';
import { differingLookUps, rows } from './support/look-ups.js';

const hour = 3_600_000;
const day = 24 * hour;
/** Start of a UTC day. */
const today = Date.UTC(2026, 5, 10);
const now = today + 13 * hour;

const summary = (ms: number, about: Partial<MetricSummary> = {}): MetricSummary => ({
  timestamp: new Date(ms),
  serviceId: 'shop',
  metricName: 'latency',
  interval: '5m',
  mean: 1,
  count: 1,
  ...about,
});

/** Every 5 minutes of a day, for some services and metrics. */
function dayOf(startMs: number, about: Partial<MetricSummary> = {}): MetricSummary[] {
  const all: MetricSummary[] = [];
  for (let ms = startMs; ms < startMs + day; ms += 5 * 60_000) {
    for (const serviceId of ['cart', 'pay', 'shop']) {
      for (const metricName of ['errors', 'latency']) {
        all.push(summary(ms, { serviceId, metricName, p95: ms / 7, max: ms, ...about }));
      }
    }
  }
  return all;
}

describe('the tiers', () => {
  const dir = useTempDir();
  const clock = manualClock(now);
  const open = () => openDatabase({ storagePath: dir.path, colonyId: 'tiers-dev', now: clock.now });

  async function withDatabase(act: (database: Database) => Promise<void>): Promise<void> {
    clock.set(now);
    const database = await open();
    try {
      await act(database);
      expect(await doubled(database)).toEqual([]);
      expect(await differingLookUps(database)).toEqual([]);
    } finally {
      await database.close();
    }
  }

  const doubled = (database: Database) =>
    rows(
      database,
      `SELECT timestamp, service_id, metric_name, interval FROM all_metric_summaries
       GROUP BY ALL HAVING count(*) > 1`,
    );
  const sizes = async (database: Database) =>
    (
      await rows(
        database,
        `SELECT (SELECT count(*) FROM metric_summaries), (SELECT count(*) FROM metric_history)`,
      )
    )[0];

  it('seal quarters of days that ended before the hot window, and give all rows back, percentiles with five digits', () =>
    withDatabase(async (database) => {
      const days = [-3, -2, -1, 0].map((n) => dayOf(today + n * day).slice(0, 900));
      for (const some of days) await database.insertMetricSummaries(some);
      expect(await sizes(database)).toEqual([3600, 0]);
      const { rows: moved } = await database.seal();
      // Yesterday's hour from 12 to 13 is older than the window, and stays with its quarter.
      const quarter = 6 * 12 * 6;
      expect(moved).toBe(1800 + 2 * quarter);
      expect(await sizes(database)).toEqual([1800 - 2 * quarter, 1800 + 2 * quarter]);
      const found = await database.listMetricSummaries({ limit: 10_000 });
      const isSealed = ({ timestamp }: MetricSummary) => timestamp.getTime() < today - 12 * hour;
      expect(sorted(found)).toEqual(
        sorted(days.flat().map((row) => (isSealed(row) ? inHistory(row) : row))),
      );
      expect(await database.seal()).toEqual({
        rows: 0,
        steps: 0,
        rebuilt: false,
        clustered: 0,
      });
    }));

  it('replace late rows of a sealed day, wherever they are', () =>
    withDatabase(async (database) => {
      await database.insertMetricSummaries(dayOf(today - 3 * day).slice(0, 900));
      await database.seal();
      const late = summary(today - 3 * day, { mean: 7 });
      await database.insertMetricSummary(late);
      const before = summary(today - 20 * day, { mean: 8 });
      await database.insertMetricSummaries([before, { ...before, mean: 9 }]);
      expect(await sizes(database)).toEqual([0, 901]);
      const found = await database.listMetricSummaries({
        serviceId: 'shop',
        metricName: 'latency',
        to: new Date(today - 3 * day + 1),
      });
      expect(found).toEqual([{ ...before, mean: 9 }, late]);
    }));

  it('take a late row for a day that is being moved', () =>
    withDatabase(async (database) => {
      const rowsOfDay = dayOf(today - 3 * day, {}).flatMap((row) => [
        row,
        { ...row, interval: '15m' as const },
        { ...row, interval: '1h' as const },
        { ...row, interval: '1d' as const },
      ]);
      await database.insertMetricSummaries(rowsOfDay.slice(0, 900));
      const revised = rowsOfDay.map((row) => ({ ...row, mean: 5 }));
      const stop = new AbortController();
      const writes: Promise<void>[] = [];
      await database.insertMetricSummaries(rowsOfDay.slice(900));
      await database.seal({
        signal: stop.signal,
        onProgress: () => {
          for (const row of revised.splice(0, 3)) writes.push(database.insertMetricSummary(row));
        },
      });
      await Promise.all(writes);
      const found = await rows(
        database,
        'SELECT mean, count(*) FROM all_metric_summaries GROUP BY ALL ORDER BY ALL',
      );
      expect(found).toEqual(
        [
          [1, rowsOfDay.length - writes.length],
          [5, writes.length],
        ].filter(([, count]) => count! > 0),
      );
    }));

  it('put many old rows straight into history, with the last of each key', () =>
    withDatabase(async (database) => {
      const old = dayOf(today - 40 * day);
      await database.insertMetricSummaries([...old, ...old.map((row) => ({ ...row, mean: 2 }))]);
      expect(await sizes(database)).toEqual([0, old.length]);
      expect(await database.listMetricSummaries({ limit: 10_000 })).toEqual(
        expect.arrayContaining([{ ...inHistory(old[0]!), mean: 2 }]),
      );
      await database.insertMetricSummaries(old.map((row) => ({ ...row, mean: 3 })));
      expect(await rows(database, 'SELECT DISTINCT mean FROM all_metric_summaries')).toEqual([[3]]);
    }));

  it('put a batch that spans the boundary on both sides of it', () =>
    withDatabase(async (database) => {
      const batch = [...dayOf(today - 2 * day), ...dayOf(today - day), ...dayOf(today)];
      await database.insertMetricSummaries(batch);
      // The boundary is yesterday's noon.
      expect(await sizes(database)).toEqual([batch.length / 2, batch.length / 2]);
      await database.insertMetricSummaries(batch.map((row) => ({ ...row, mean: 4 })));
      expect(await sizes(database)).toEqual([batch.length / 2, batch.length / 2]);
      expect(await rows(database, 'SELECT DISTINCT mean FROM all_metric_summaries')).toEqual([[4]]);
    }));

  it('keep the boundary over a restart', async () => {
    await withDatabase(async (database) => {
      await database.insertMetricSummaries(dayOf(today - 3 * day).slice(0, 900));
      await database.seal();
    });
    await withDatabase(async (database) => {
      await database.insertMetricSummary(summary(today - 3 * day, { mean: 7 }));
      expect((await sizes(database))![0]).toBe(0);
    });
  });

  it('come back to the hot tier when the clock ran ahead', () =>
    withDatabase(async (database) => {
      const recent = [...dayOf(today - day), ...dayOf(today)];
      await database.insertMetricSummaries(recent);
      clock.set(now + 400 * day);
      await database.seal();
      expect(await sizes(database)).toEqual([0, recent.length]);
      clock.set(now);
      await database.seal();
      // All but what is due: the first half of yesterday.
      expect(await sizes(database)).toEqual([(recent.length * 3) / 4, recent.length / 4]);
      expect(sorted(await database.listMetricSummaries({ limit: 10_000 }))).toEqual(
        sorted(recent.map(inHistory)),
      );
    }));

  it('stay where they are when the clock is behind', () =>
    withDatabase(async (database) => {
      await database.insertMetricSummaries([...dayOf(today - 5 * day), ...dayOf(today)]);
      await database.seal();
      const before = await sizes(database);
      clock.set(now - 300 * day);
      await database.seal();
      expect(await sizes(database)).toEqual(before);
    }));

  it('hold what a plain map would, whatever is written, sealed and reopened in between', async () => {
    const random = seededRandom();
    const expected = new Map<string, MetricSummary>();
    let database = await open();
    try {
      for (let round = 0; round < 40; round += 1) {
        clock.set(now + round * 3 * hour);
        const size = random.pick([1, 3, 150, 1500]);
        const batch = Array.from({ length: size }, () =>
          summary(clock.now() - random.integer(0, 5 * 24 * 12) * 5 * 60_000, {
            serviceId: `service-${random.integer(0, 5)}`,
            interval: random.pick(['5m', '1h']),
            mean: random.next(),
          }),
        ).map((row) => ({
          ...row,
          timestamp: new Date(Math.floor(row.timestamp.getTime() / 300_000) * 300_000),
        }));
        await database.insertMetricSummaries(batch);
        for (const row of batch) expected.set(keyOf(row), row);
        if (random.next() < 0.4) await database.maintain();
        if (random.next() < 0.2) {
          await database.close();
          database = await open();
        }
      }
      const found = await database.listMetricSummaries({ limit: 100_000 });
      expect(sorted(found)).toEqual(sorted([...expected.values()]));
      expect(await differingLookUps(database)).toEqual([]);
    } finally {
      await database.close();
    }
  }, 120_000);
});

/** A row of {@link dayOf} once it was in history. */
const inHistory = (row: MetricSummary): MetricSummary => ({
  ...row,
  p95: Number(row.p95!.toPrecision(5)),
});

const keyOf = (row: MetricSummary) =>
  [row.timestamp.toISOString(), row.serviceId, row.metricName, row.interval].join(' ');

function sorted(summaries: readonly MetricSummary[]): MetricSummary[] {
  return [...summaries].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
