import type { Store } from '../store.js';
import { windowUs } from './window.js';

/** What a window is computed from. */
export interface WindowSize {
  /** Points, filled buckets of histograms, and spans. */
  readonly rows: number;
  /** Whether some are points of histograms. */
  readonly hasHistograms: boolean;
}

export async function readWindowSize(store: Store, startUs: number): Promise<WindowSize> {
  const [row] = await store.computing.run(({ connection }) =>
    connection.query(
      `SELECT count(*) AS rows, coalesce(bool_or(is_histogram), false) AS "hasHistograms" FROM (
         SELECT time, false AS is_histogram FROM points
         UNION ALL SELECT time, true FROM histogram_points
         UNION ALL SELECT time, false FROM histogram_buckets
         UNION ALL SELECT end_time, false FROM spans
       ) WHERE time >= ? AND time < ?`,
      [new Date(startUs / 1000), new Date((startUs + windowUs) / 1000)],
    ),
  );
  return row as unknown as WindowSize;
}
