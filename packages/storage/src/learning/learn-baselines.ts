import { fromJsonRows } from '../duckdb/json-rows.js';
import type { Row } from '../duckdb/connection.js';
import { baselineWindows, type BaselineWindow } from '../schema/tables/baselines.js';
import type { Store } from '../store.js';
import { hasLevelSql, levelSql } from './level-sql.js';
import { isDue, writeLearningState, type LearningState } from './learning-state.js';
import { metricsPartSql } from './metrics-part-sql.js';
import { statisticsSql } from './statistics-sql.js';
import { dayMs, hourMs } from './whole-windows.js';

/** How long each window is, and how often it is learned anew. ms */
const schedule: Readonly<Record<BaselineWindow, { lengthMs: number; everyMs: number }>> = {
  '1h': { lengthMs: hourMs, everyMs: hourMs / 4 },
  '1d': { lengthMs: dayMs, everyMs: hourMs },
  '7d': { lengthMs: 7 * dayMs, everyMs: 6 * hourMs },
};

/** Summaries that one query works on, about: what it holds of them fits into a tenth of the memory. */
const rowsPerRead = 1_000_000;

/** Baselines that one write stores: others wait for it for some 50 ms. */
const rowsPerWrite = 2_000;

/** How long a read may take. ms */
export const learnTimeoutMs = 600_000;

const readSql = statisticsSql(
  `(SELECT service_id, metric_name, ${levelSql} AS level, p50, p95, p99 FROM all_metric_summaries
    WHERE ${hasLevelSql} AND timestamp >= $1 AND timestamp < $2
      AND ${metricsPartSql('$3', '$4')})`,
  ['service_id', 'metric_name'],
);

const writeSql = `
INSERT INTO baselines
SELECT service_id, metric_name, $2, mean, stddev, p50, p95, p99, sample_count, $3
FROM ${fromJsonRows({
  service_id: 'VARCHAR',
  metric_name: 'VARCHAR',
  mean: 'DOUBLE',
  stddev: 'DOUBLE',
  p50: 'DOUBLE',
  p95: 'DOUBLE',
  p99: 'DOUBLE',
  sample_count: 'INTEGER',
}).replace('?', '$1')} learned
WHERE NOT EXISTS (FROM pinned_baselines p WHERE p.service_id = learned.service_id
  AND p.metric_name = learned.metric_name AND p.time_window = $2)
ON CONFLICT (service_id, metric_name, time_window) DO UPDATE SET
  mean = excluded.mean, stddev = excluded.stddev, p50 = excluded.p50, p95 = excluded.p95,
  p99 = excluded.p99, sample_count = excluded.sample_count, last_updated = excluded.last_updated`;

/**
 * Learns the baselines that are due, each from the 5-minute summaries of its window that ends at
 * `end`. Reads in parts on a reader, writes in groups: neither keeps other writers waiting.
 *
 * A crash in between leaves some baselines older than others; the next run does the window again.
 *
 * @returns baselines written
 */
export async function learnBaselines(
  store: Store,
  state: LearningState,
  end: Date,
  signal?: AbortSignal,
): Promise<number> {
  let written = 0;
  for (const window of baselineWindows) {
    const { lengthMs, everyMs } = schedule[window];
    if (!isDue(state.get(`baselines ${window}`), end, everyMs)) continue;
    const from = new Date(end.getTime() - lengthMs);
    const parts = await countParts(store, from, end);
    for (let part = 0; part < parts; part += 1) {
      signal?.throwIfAborted();
      const rows = await store
        .readers()
        .query(readSql, [from, end, part, parts], { timeoutMs: learnTimeoutMs, signal });
      written += await writeRows(store, window, rows, end);
    }
    await store.write((connection) => writeLearningState(connection, `baselines ${window}`, end));
  }
  return written;
}

/** In how many reads the summaries of a range are to be taken. */
export async function countParts(store: Store, from: Date, to: Date): Promise<number> {
  const [row] = await store.readers().query(
    `SELECT count(*) AS n FROM all_metric_summaries
       WHERE interval = '5m' AND timestamp >= ? AND timestamp < ?`,
    [from, to],
  );
  return Math.max(1, Math.ceil((row!['n'] as number) / rowsPerRead));
}

async function writeRows(
  store: Store,
  window: BaselineWindow,
  rows: readonly Row[],
  end: Date,
): Promise<number> {
  for (let index = 0; index < rows.length; index += rowsPerWrite) {
    const json = JSON.stringify(rows.slice(index, index + rowsPerWrite));
    await store.write((connection) => connection.run(writeSql, [json, window, end]), {
      alone: true,
    });
  }
  return rows.length;
}
