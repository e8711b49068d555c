import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/index.js';
import { histogramPoints } from '../support/histogram-points.js';
import { numberPoints } from '../support/number-points.js';

/**
 * Appends points one request after the other, and kills itself as soon as the last is acknowledged.
 * Arguments: storage path, time of the first point in ms, how many requests.
 */
const [storagePath, firstMs, requests] = process.argv.slice(2) as [string, string, string];

const database = await openDatabase({ storagePath, colonyId: 'my-shop-dev' });
const gauge = { serviceId: 'checkout', metricName: 'queue.length', kind: 'gauge' } as const;
const latency = { serviceId: 'checkout', metricName: 'latency', kind: 'histogram' } as const;
for (let n = 0; n < Number(requests); n += 1) {
  const timeMs = Number(firstMs) + n;
  await database.appendPoints(numberPoints(gauge, [{ timeMs, value: n }]));
  await database.appendPoints(
    histogramPoints({ ...latency, bounds: [10] }, [
      { timeMs, startMs: Number(firstMs) - 1, count: n, sum: n, buckets: [[1, 1, n]] },
    ]),
  );
}
writeSync(1, 'acknowledged\n');
process.kill(process.pid, 'SIGKILL');
