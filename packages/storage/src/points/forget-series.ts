import type { Store } from '../store.js';
import type { SeriesDictionary } from './series-dictionary.js';

/** How many series one transaction takes out. */
const seriesPerWrite = 2_000;

/**
 * Series without points, but for the last one of each metric: what kind of metric it is must still be
 * known when only summaries are left.
 */
const staleSql = `
SELECT series_id, series_key, service_id, metric_name
FROM series
WHERE series_id NOT IN (SELECT series_id FROM points UNION SELECT series_id FROM histogram_points)
QUALIFY series_id < max(series_id) OVER (
  PARTITION BY service_id, metric_name, unit, kind, temporality, monotonic)
`;

/**
 * Takes series out of the dictionary that no point names any more, so that instances that come and go
 * do not use up its limit. One that comes back is a new one.
 *
 * @returns how many
 */
export async function forgetSeries(store: Store, series: SeriesDictionary): Promise<number> {
  // Whatever names a series from here on is noted; what did before is committed before the look.
  series.watch();
  const before = series.size;
  try {
    await store.write(() => Promise.resolve(), { alone: true });
    await store.computing.run(async ({ connection }) => {
      await connection.execute(`CREATE OR REPLACE TABLE _computed.stale AS ${staleSql}`);
      for (let after = 0; ;) {
        const rows = await connection.query(
          `SELECT series_id AS id, series_key AS key, service_id AS "serviceId",
             metric_name AS "metricName"
           FROM _computed.stale WHERE series_id > ? ORDER BY series_id LIMIT ${seriesPerWrite}`,
          [after],
        );
        if (rows.length === 0) break;
        after = rows.at(-1)!['id'] as number;
        const some = rows as unknown as Parameters<SeriesDictionary['remove']>[1];
        await store.write((writer) => series.remove(writer, some), { alone: true });
      }
      await connection.execute('DROP TABLE _computed.stale');
    });
  } finally {
    series.unwatch();
  }
  return before - series.size;
}
