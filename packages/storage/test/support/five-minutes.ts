import type { Database, MetricSummary, PointColumns } from '../../src/index.js';
import { histogramPoints } from './histogram-points.js';
import { numberPoints } from './number-points.js';

export const minute = 60_000;
export const midnight = Date.UTC(2026, 0, 1);

/** Points of the n-th five minutes of a day: a gauge, a counter and a histogram. */
export function fiveMinutes(n: number): PointColumns[] {
  const startMs = midnight + n * 5 * minute;
  const times = [0, 1, 2, 3, 4].map((m) => ({ m, timeMs: startMs + m * minute }));
  return [
    numberPoints(
      { serviceId: 's', metricName: 'latency', kind: 'gauge' },
      times.map(({ m, timeMs }) => ({ timeMs, value: ((n * 31 + m * 17) % 97) ** 1.5 - 20 })),
    ),
    numberPoints(
      { serviceId: 's', metricName: 'requests', kind: 'sum' },
      times.map(({ m, timeMs }) => ({ timeMs, value: 10 * (n * 5 + m) ** 1.1 })),
    ),
    histogramPoints(
      {
        serviceId: 's',
        metricName: 'size',
        kind: 'histogram',
        temporality: 'delta',
        bounds: [10, 100],
      },
      times.map(({ m, timeMs }) => ({
        timeMs,
        count: 3 + (n % 4),
        sum: 70 + n + m,
        min: 1,
        max: 50 + m,
        buckets: [
          [1, 0, 2],
          [1, 1, 1 + (n % 4)],
        ],
      })),
    ),
  ];
}

export async function appendAll(
  database: Database,
  batches: readonly PointColumns[],
): Promise<void> {
  await Promise.all(batches.map((batch) => database.appendPoints(batch)));
}

/** All summaries, with the last digits rounded away: sums of doubles depend on their order. */
export async function allSummaries(database: Database): Promise<object[]> {
  const summaries = await database.listMetricSummaries({ limit: 1_000_000 });
  return summaries.map((summary: MetricSummary) =>
    Object.fromEntries(
      Object.entries(summary).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === 'number' ? Number(value.toPrecision(12)) : value,
      ]),
    ),
  );
}
