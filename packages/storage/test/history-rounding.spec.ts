import { describe, expect, it } from '@jest/globals';
import { seededRandom, useTempDir } from '@coral/testkit';
import { openDatabase, type Database, type MetricSummary } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { exactQuantile } from './support/exact-quantile.js';
import { rows } from './support/look-ups.js';

const day = 86_400_000;
const now = Date.UTC(2026, 5, 1);
const old = now - 40 * day;
const percentiles = ['p50', 'p95', 'p99'] as const;
const colonyId = 'rounding-dev';
const open = (storagePath: string) => openDatabase({ storagePath, colonyId, now: () => now });

/** Values of one window, of each kind of data. */
function distributions(random: ReturnType<typeof seededRandom>) {
  const many = (valueOf: () => number) =>
    Array.from({ length: random.integer(1, 60) }, () => valueOf());
  return {
    heavyTailed: () => many(() => random.next() ** (-1 / 0.7)),
    bimodal: () =>
      many(() => (random.next() < 0.5 ? random.normal(2, 0.1) : random.normal(5000, 300))),
    constant: () => new Array<number>(5).fill(random.lognormal(0, 5)),
    negative: () => many(() => -random.lognormal(0, 3)),
    mirrored: () => many(() => random.normal(0, 1e-3)),
    zero: () => [0, 0, 0],
    mostlyZero: () => many(() => (random.next() < 0.9 ? 0 : random.lognormal(0, 2))),
    sparse: () => [random.lognormal(0, 8)],
    atPowersOfTen: () => many(() => 10 ** random.integer(-14, 14) * (1 + random.normal(0, 1e-5))),
    tiny: () => many(() => random.lognormal(-600, 3)),
    subnormal: () => many(() => random.integer(-9, 9) * 5e-324),
    huge: () => many(() => random.lognormal(600, 3)),
    wholeNumbers: () => many(() => random.integer(-99_999, 99_999)),
    counts: () => many(() => random.integer(0, 20)),
    farApart: () => many(() => random.lognormal(0, 80)),
  } satisfies Record<string, () => number[]>;
}

function summaryOf(values: readonly number[], window: number, metricName: string): MetricSummary {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    timestamp: new Date(old + window * 300_000),
    serviceId: 's',
    metricName,
    interval: '5m',
    p50: exactQuantile(sorted, 0.5),
    p95: exactQuantile(sorted, 0.95),
    p99: exactQuantile(sorted, 0.99),
    mean: values.reduce((a, b) => a + b, 0) / values.length,
    max: sorted.at(-1)!,
    count: values.length,
  };
}

const read = (database: Database) => database.listMetricSummaries({ limit: 1_000_000 });
const keyOf = ({ metricName, timestamp }: MetricSummary) => `${metricName} ${timestamp.getTime()}`;

describe('percentiles in history', () => {
  const dir = useTempDir();

  it('lie within 0.05 % of what came in, in their order and below the largest; count, mean and max as they were', async () => {
    const random = seededRandom();
    const database = await open(dir.path);
    try {
      const kinds = Object.entries(distributions(random));
      const given = kinds.flatMap(([name, values]) =>
        Array.from({ length: 300 }, (_, window) => summaryOf(values(), window, name)),
      );
      await database.insertMetricSummaries(given);
      const found = await read(database);
      expect(found).toHaveLength(given.length);
      const byKey = new Map(given.map((row) => [keyOf(row), row]));
      let rounded = 0;
      for (const row of found) {
        const before = byKey.get(keyOf(row))!;
        expect(row).toEqual({ ...before, p50: row.p50, p95: row.p95, p99: row.p99 });
        for (const name of percentiles) {
          const [was, is] = [before[name]!, row[name]!];
          const half = Number.isInteger(before.max) && was > 9_990 ? 0.5 : 0;
          const isClose = Math.abs(is - was) <= 5.002e-4 * Math.abs(was) + half;
          expect({ name, was, is, isClose }).toMatchObject({ isClose: true });
          if (is !== was) rounded += 1;
          if (row.metricName === 'constant') expect(is).toBe(was);
        }
        const order = [row.p50!, row.p95!, row.p99!];
        const last = [before.p50!, before.p95!, before.p99!].every((p) => p <= before.max!);
        if (last) order.push(row.max!);
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }
      expect(rounded).toBeGreaterThan(given.length / 3);

      await database.insertMetricSummaries(found);
      expect(await read(database)).toEqual(found);
    } finally {
      await database.close();
    }
  });

  it('are whole from 10,000 on where the largest value is, and the largest stays itself', async () => {
    const database = await open(dir.path);
    try {
      const of = { serviceId: 's', metricName: 'm', interval: '5m' as const };
      await database.insertMetricSummaries([
        {
          ...of,
          timestamp: new Date(old),
          p50: 23_456,
          p95: 345_678,
          p99: 4_567_890,
          max: 4_567_890,
        },
        {
          ...of,
          timestamp: new Date(old + 1),
          p50: 0.5,
          p95: 12_345,
          p99: 12_345.5,
          max: 12_345.5,
        },
      ]);
      const [whole, fractions] = await read(database);
      expect([whole!.p50, whole!.p95].every(Number.isInteger)).toBe(true);
      expect(whole!.p50! / 23_456).toBeCloseTo(1, 3);
      expect(whole!.p99).toBe(4_567_890);
      expect(fractions!.p99).toBe(12_345.5);
      expect(Number.isInteger(fractions!.p50)).toBe(false);
    } finally {
      await database.close();
    }
  });

  it('of which one is missing, not positive, not in its order or a small whole number have five digits, or the next below where that exceeds the largest', async () => {
    const cases: [given: Partial<MetricSummary>, kept: Partial<MetricSummary>][] = [
      [
        { p50: 1.234549, p95: 1.23456, max: 2 },
        { p50: 1.2345, p95: 1.2346, max: 2 },
      ],
      [
        { p99: 0.123456, max: 0.123456 },
        { p99: 0.12345, max: 0.123456 },
      ],
      [
        { p99: 99_999.7, max: 99_999.8 },
        { p99: 99_999, max: 99_999.8 },
      ],
      [
        { p99: 99_999.7, max: 100_001 },
        { p99: 100_000, max: 100_001 },
      ],
      [
        { p50: -6.123446, p95: -5.9, p99: -5.123446, max: -5.123446 },
        { p50: -6.1234, p95: -5.9, p99: -5.1235, max: -5.123446 },
      ],
      [{ p50: -0.000123456 }, { p50: -0.00012346 }],
      [
        { p50: 3, p95: 7.123456, p99: 8.123456, max: 9 },
        { p50: 3, p95: 7.1235, p99: 8.1235, max: 9 },
      ],
      // Larger than the largest, as only another program writes it: rounded, and not again.
      [
        { p50: 7.123456, p95: 6, p99: 6, max: 6 },
        { p50: 7.1235, p95: 6, p99: 6, max: 6 },
      ],
      [
        { p50: 1.2345678e-16, max: 1 },
        { p50: 1.2345678e-16, max: 1 },
      ],
      [{ p50: 1.2345678e16 }, { p50: 1.2345678e16 }],
      [
        { p50: 0, p95: 5, max: 5 },
        { p50: 0, p95: 5, max: 5 },
      ],
      [
        { mean: 1.23456789, count: 3 },
        { mean: 1.23456789, count: 3 },
      ],
    ];
    const rowOf = (numbers: Partial<MetricSummary>, n: number): MetricSummary => ({
      timestamp: new Date(old + n * 300_000),
      serviceId: 's',
      metricName: 'm',
      interval: '5m',
      ...numbers,
    });
    const database = await open(dir.path);
    try {
      await database.insertMetricSummaries(cases.map(([given], n) => rowOf(given, n)));
      await database.seal();
      const kept = cases.map(([, numbers], n) => rowOf(numbers, n));
      expect(await read(database)).toEqual(kept);
      for (const row of kept) await database.insertMetricSummary(row);
      expect(await read(database)).toEqual(kept);
    } finally {
      await database.close();
    }
  });

  it('are steps of 0.1 % below the next larger figure otherwise, none where they equal it', async () => {
    const database = await open(dir.path);
    try {
      const numbers = { p50: 12.3456789, p95: 45.6789, p99: 98.7654321, max: 98.7654321 };
      const summary = summaryOf([1], 0, 'm');
      await database.insertMetricSummary({ ...summary, ...numbers });
      await database.seal();
      expect(
        await rows(
          database,
          'SELECT p50, p95, p99, p50_steps, p95_steps, p99_steps FROM metric_history',
        ),
      ).toEqual([[null, null, null, 1308, 771, 0]]);
      const { max } = numbers;
      const [kept] = await read(database);
      expect(kept!.p50).toBeCloseTo(max * Math.exp(-2.079), 12);
      expect(kept!.p95).toBeCloseTo(max * Math.exp(-0.771), 12);
      expect(kept!.p99).toBe(max);
    } finally {
      await database.close();
    }
  });

  it('that are whole numbers below 10,000 stay themselves, whatever the largest is', async () => {
    const database = await open(dir.path);
    try {
      const given = Array.from({ length: 9_999 }, (_, n): MetricSummary => ({
        ...summaryOf([1], n, 'm'),
        p50: n,
        p95: n + 1,
        p99: n + 1.125,
        max: 3.14159 * (n + 1),
      }));
      await database.insertMetricSummaries(given);
      const found = await read(database);
      expect(found.map(({ p50, p95 }) => [p50, p95])).toEqual(
        given.map(({ p50, p95 }) => [p50, p95]),
      );
    } finally {
      await database.close();
    }
  });

  it('that are no numbers, as another program may have written them, are sealed as they are', async () => {
    const database = await open(dir.path);
    await database.close();
    await bareDuckdb(
      database.path,
      `INSERT INTO metric_summaries VALUES
         ('2026-01-01', 's', 'm', '5m', 'nan', 'inf', '-inf', 1, 'nan', 1),
         ('2026-01-02', 's', 'm', '5m', 1.23456789, NULL, '-0.0', 1, 'inf', 1),
         ('2026-01-03', 's', 'm', '5m', 1.23456789, NULL, 2, 1, NULL, 1)`,
    );
    const again = await open(dir.path);
    expect(await again.seal()).toMatchObject({ rows: 3 });
    await again.close();
    expect(
      await bareDuckdb(
        database.path,
        'SELECT p50::VARCHAR, p95::VARCHAR, p99::VARCHAR, max::VARCHAR FROM all_metric_summaries ORDER BY timestamp',
      ),
    ).toEqual([
      ['nan', 'inf', '-inf', 'nan'],
      ['1.2346', null, '-0.0', 'inf'],
      ['1.2346', null, '2.0', null],
    ]);
  });

  it('come back from the trash, and from a file that was exported, as history showed them', async () => {
    const database = await open(dir.path);
    try {
      const random = seededRandom();
      await database.insertMetricSummaries(
        Object.entries(distributions(random)).flatMap(([name, values]) =>
          Array.from({ length: 50 }, (_, window) => summaryOf(values(), window, name)),
        ),
      );
      await database.seal();
      const before = await read(database);
      const output = dir.file('metrics.csv');
      await database.exportTable({ table: 'metrics', format: 'csv', output });
      const { id } = await database.applyRetention({
        trashMs: day,
        rules: [{ table: 'metric_summaries', keepMs: day }],
      });
      expect(await read(database)).toEqual([]);
      await database.undoRetention(id!);
      expect(await read(database)).toEqual(before);
      await database.importTable({ input: output });
      expect(await read(database)).toEqual(before);
    } finally {
      await database.close();
    }
  });

  it('stay the same when a day comes back from history and is sealed again', async () => {
    let clock = now;
    const database = await openDatabase({ storagePath: dir.path, colonyId, now: () => clock });
    try {
      const random = seededRandom();
      await database.insertMetricSummaries(
        Array.from({ length: 500 }, (_, n) => ({
          ...summaryOf([random.lognormal(), random.lognormal()], 0, `m${n}`),
          timestamp: new Date(now - day + n),
        })),
      );
      clock = now + 10 * day;
      await database.seal();
      const once = await read(database);
      clock = now;
      await database.seal();
      expect(await rows(database, 'SELECT count(*) FROM metric_summaries')).toEqual([[500]]);
      clock = now + 10 * day;
      await database.seal();
      expect(await read(database)).toEqual(once);
    } finally {
      await database.close();
    }
  });
});
