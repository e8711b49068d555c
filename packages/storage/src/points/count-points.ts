import type { Store } from '../store.js';
import { windowUs } from './window.js';

/** How many rows a window is computed from: points, filled buckets of histograms, and spans. */
export async function countPoints(store: Store, startUs: number): Promise<number> {
  const [row] = await store.computing.run(({ connection }) =>
    connection.query(
      `SELECT count(*) AS points FROM (
         SELECT time FROM points UNION ALL SELECT time FROM histogram_buckets
         UNION ALL SELECT end_time FROM spans
       ) WHERE time >= ? AND time < ?`,
      [new Date(startUs / 1000), new Date((startUs + windowUs) / 1000)],
    ),
  );
  return row!['points'] as number;
}
