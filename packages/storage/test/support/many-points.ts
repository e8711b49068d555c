import type { PointColumns } from '../../src/index.js';
import { histogramPoints } from './histogram-points.js';
import { numberPoints } from './number-points.js';

/** Points of a request of {@link manyPoints}. */
export const numbersPerRequest = 20_000;
export const histogramsPerRequest = 500;

const gauge = { serviceId: 'checkout', metricName: 'queue.length', kind: 'gauge' } as const;
const latency = { serviceId: 'checkout', metricName: 'latency', kind: 'histogram' } as const;

/** A large request, as two batches: points a microsecond apart, those of one request after another's. */
export function manyPoints(firstMs: number, request: number): [PointColumns, PointColumns] {
  const times = (count: number) =>
    Array.from({ length: count }, (_, i) => firstMs + (request * numbersPerRequest + i) / 1000);
  return [
    numberPoints(
      gauge,
      times(numbersPerRequest).map((timeMs, value) => ({ timeMs, value })),
    ),
    histogramPoints(
      { ...latency, bounds: [10] },
      times(histogramsPerRequest).map((timeMs, n) => ({
        timeMs,
        startMs: firstMs - 1,
        count: n,
        sum: n,
        buckets: [
          [1, 0, n + 1],
          [1, 1, 1],
        ],
      })),
    ),
  ];
}
