import { seededRandom } from '@coral/testkit';
import type { PointColumns } from '../../src/index.js';
import { histogramPoints } from './histogram-points.js';
import { numberPoints } from './number-points.js';

const minute = 60_000;
/** When the stream begins, and when its receivers say that it is. */
const noon = Date.UTC(2026, 0, 1, 12);
export const splitNow = noon + 40 * minute;

/** A stream of points of counters, gauges and histograms over half an hour, cut into small requests. */
export function chunksOf(seed: number): PointColumns[] {
  const random = seededRandom(seed);
  const chunks: PointColumns[] = [];
  for (const series of [0, 1, 2]) {
    const attributes = `{"n":${series}}`;
    let counter = 0;
    for (let n = 0; n < 60; n += 1) {
      const timeMs = noon + n * 30_000 + series * 1_000;
      counter = random.next() < 0.05 ? 0 : counter + random.integer(0, 20);
      chunks.push(
        numberPoints({ serviceId: 's', metricName: 'counter', kind: 'sum', attributes }, [
          { timeMs, startMs: noon, value: counter },
        ]),
        numberPoints({ serviceId: 's', metricName: 'gauge', kind: 'gauge', attributes }, [
          { timeMs, value: random.integer(-100, 100) },
          { timeMs: timeMs + 7, value: random.integer(-100, 100) },
        ]),
      );
      if (n % 5 > 0) continue;
      chunks.push(
        histogramPoints(
          {
            serviceId: 's',
            metricName: 'histogram',
            kind: 'histogram',
            bounds: [1, 10],
            attributes,
          },
          [
            {
              timeMs,
              startMs: noon - minute,
              count: 3 * n,
              sum: 11 * n,
              buckets: [
                [1, 0, n],
                [1, 1, n],
                [1, 2, n],
              ],
            },
          ],
        ),
      );
    }
  }
  return chunks;
}
