import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import type { Store } from '../store.js';
import { learnTimeoutMs } from './learn-baselines.js';
import { lookBackMs } from './read-deviations.js';
import { hasLevelSql, levelSql } from './level-sql.js';
import { writeLearningState, type LearningState } from './learning-state.js';
import { dueHours, hourOfSeason, seasons, type Season } from './seasons.js';
import { statisticsSql } from './statistics-sql.js';
import { hourMs } from './whole-windows.js';

/** Hours of each season that one run learns, so that a colony with a long past catches up bit by bit. */
const hoursPerRun = 24;

/** Metrics that one read and one write take. */
const metricsPerPart = 20_000;

/**
 * Learns the hours of the day and of the week that ended six hours ago and since then, each from the same
 * hour of the days or weeks before. An hour's rows are replaced in one transaction.
 *
 * @returns hours learned
 */
export async function learnSeasons(
  store: Store,
  state: LearningState,
  end: Date,
  signal?: AbortSignal,
): Promise<number> {
  // What is still held against these hours must not be a part of them.
  const settled = new Date(end.getTime() - lookBackMs);
  let learned = 0;
  for (const season of seasons) {
    const part = `season ${season.name}`;
    for (const startMs of dueHours(season, state.get(part), settled, hoursPerRun)) {
      signal?.throwIfAborted();
      await learnHour(store, season, startMs, signal);
      await store.write((connection) =>
        writeLearningState(connection, part, new Date(startMs + hourMs)),
      );
      learned += 1;
    }
  }
  return learned;
}

async function learnHour(
  store: Store,
  season: Season,
  startMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const hour = hourOfSeason(season, startMs);
  const ranges = Array.from({ length: season.lookBack }, (_, back) => {
    const from = startMs - back * season.lengthMs;
    return [new Date(from), new Date(from + hourMs)];
  }).flat();
  const options = { timeoutMs: learnTimeoutMs, signal };
  const [counted] = await store.readers().query(
    `SELECT count(*) AS n FROM all_metric_summaries
       WHERE interval = '5m' AND timestamp >= ? AND timestamp < ?`,
    ranges.slice(0, 2),
    options,
  );
  const parts = Math.max(1, Math.ceil((counted!['n'] as number) / 12 / metricsPerPart));
  for (let part = 0; part < parts; part += 1) {
    const rows = await store.readers().query(readSql(season), [...ranges, part, parts], options);
    const json = JSON.stringify(rows);
    await store.write(
      (connection) => replaceHour(connection, { season, hour, part, parts, json }, startMs),
      { alone: true },
    );
  }
}

/** A range each, so that what lies between them is not even looked at. */
function readSql({ lookBack }: Season): string {
  const ranges = Array.from(
    { length: lookBack },
    (
      _,
      back,
    ) => `SELECT ${back} AS back, service_id, metric_name, ${levelSql} AS level, p50, p95, p99
      FROM all_metric_summaries
      WHERE ${hasLevelSql} AND timestamp >= $${2 * back + 1} AND timestamp < $${2 * back + 2}
        AND hash(service_id, metric_name) % $${2 * lookBack + 2} = $${2 * lookBack + 1}`,
  );
  return statisticsSql(
    `(${ranges.join('\n UNION ALL ')})`,
    ['service_id', 'metric_name'],
    ['count(DISTINCT back)::INTEGER AS seasons'],
  );
}

const insertSql = `
INSERT INTO seasonal_baselines
SELECT $2, $3, service_id, metric_name, mean, stddev, p50, p95, p99, sample_count, seasons, $4
FROM ${fromJsonRows({
  service_id: 'VARCHAR',
  metric_name: 'VARCHAR',
  mean: 'DOUBLE',
  stddev: 'DOUBLE',
  p50: 'DOUBLE',
  p95: 'DOUBLE',
  p99: 'DOUBLE',
  sample_count: 'INTEGER',
  seasons: 'INTEGER',
}).replace('?', '$1')}`;

interface LearnedPart {
  readonly season: Season;
  readonly hour: number;
  readonly part: number;
  readonly parts: number;
  readonly json: string;
}

async function replaceHour(
  connection: Connection,
  { season, hour, part, parts, json }: LearnedPart,
  startMs: number,
): Promise<void> {
  await connection.run(
    `DELETE FROM seasonal_baselines
     WHERE season = ? AND hour = ? AND hash(service_id, metric_name) % ? = ?`,
    [season.name, hour, parts, part],
  );
  await connection.run(insertSql, [json, season.name, hour, new Date(startMs + hourMs)]);
}
