import { openDatabase } from '@coral/storage';
import { statSync } from 'node:fs';
import { dayMs, firstDayMs, metricName, serviceName } from './service-days.mjs';

/**
 * A colony's store that is fed day by day while its clock goes along.
 *
 * @param {string} dir
 */
export async function coralStore(dir) {
  let now = firstDayMs;
  const database = await openDatabase({ storagePath: dir, colonyId: 'bench', now: () => now });
  return {
    database,
    /** @param {number} ms */
    setClock: (ms) => {
      now = ms;
    },
    /** @param {any[]} rows */
    insert: (rows) => database.insertMetricSummaries(rows),
    seal: () => database.seal(),
    maintain: () => database.maintain(),
    checkpoint: () => database.checkpoint(),
    sizeBytes: () => statSync(database.path).size,
    /** The file and its log. */
    diskBytes: () =>
      statSync(database.path).size +
      (statSync(`${database.path}.wal`, { throwIfNoEntry: false })?.size ?? 0),
    /** Blocks of the file that the next rows will take. */
    freeBytes: async () => {
      const { rows } = await database.queryReadOnly(
        `SELECT (free_blocks * block_size)::DOUBLE FROM pragma_database_size()
         WHERE database_name = current_database()`,
      );
      for await (const [[bytes]] of rows) return Number(bytes);
      return 0;
    },
    /** One series, one day. @param {number} n @param {number} day */
    seriesDay: (n, day) =>
      database.listMetricSummaries({
        serviceId: serviceName(n),
        metricName: metricName(n),
        interval: '5m',
        from: new Date(firstDayMs + day * dayMs),
        to: new Date(firstDayMs + (day + 1) * dayMs),
      }),
    /** All series of a metric, 7 days, by hour. @param {number} n @param {number} day the last one */
    metricWeek: async (n, day) => {
      const time = (/** @type {number} */ at) => new Date(firstDayMs + at * dayMs).toISOString();
      const { rows } = await database.queryReadOnly(
        `SELECT time_bucket(INTERVAL 1 HOUR, timestamp) AS hour, service_id, avg(mean), max(p95)
         FROM all_metric_summaries
         WHERE metric_name = '${metricName(n)}' AND interval = '5m'
           AND timestamp >= TIMESTAMP '${time(day - 6)}' AND timestamp < TIMESTAMP '${time(day + 1)}'
         GROUP BY ALL`,
      );
      let count = 0;
      for await (const batch of rows) count += batch.length;
      return count;
    },
    close: () => database.close(),
  };
}
