import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import type { Store } from '../store.js';
import { learnTimeoutMs } from './learn-baselines.js';
import { lookBackMs } from './read-deviations.js';
import { hasLevelSql, levelSql } from './level-sql.js';
import { writeLearningState, type LearningState } from './learning-state.js';
import { metricsPartSql } from './metrics-part-sql.js';
import { dueHours, hourOfSeason, hourOfSeasonSql, seasons, type Season } from './seasons.js';
import { statisticsSql } from './statistics-sql.js';
import { hourMs } from './whole-windows.js';

/** Hours of each season that one run learns, so that a colony with a long past catches up bit by bit. */
const hoursPerRun = 24;

/** Baselines that one read and one write take, of as many hours as that is. */
const rowsPerPart = 20_000;

/**
 * Learns the hours of the day and of the week that ended six hours ago or more, some together, each from the
 * same hour of the days or weeks before. An hour's rows are replaced in one transaction.
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
    const due = dueHours(season, state.get(part), settled, hoursPerRun);
    if (due.length === 0) continue;
    const metrics = await countMetrics(store, due.at(-1)!, signal);
    const hoursPerRead = Math.max(1, Math.floor(rowsPerPart / metrics));
    const parts = Math.ceil(metrics / rowsPerPart);
    for (let index = 0; index < due.length; index += hoursPerRead) {
      const hours = due.slice(index, index + hoursPerRead);
      const until = new Date(hours.at(-1)! + hourMs);
      for (let number = 0; number < parts; number += 1) {
        signal?.throwIfAborted();
        await learnPart(store, { season, hours, until, part: number, parts }, signal);
      }
      await store.write((connection) => writeLearningState(connection, part, until));
      learned += hours.length;
    }
  }
  return learned;
}

/** About how many have a summary in each window of an hour; 1 at least. */
async function countMetrics(
  store: Store,
  startMs: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const [counted] = await store.readers().query(
    `SELECT count(*) AS n FROM all_metric_summaries
       WHERE interval = '5m' AND timestamp >= ? AND timestamp < ?`,
    [new Date(startMs), new Date(startMs + hourMs)],
    { timeoutMs: learnTimeoutMs, signal },
  );
  return Math.max(1, Math.ceil((counted!['n'] as number) / 12));
}

/** Hours in a row, of a share of the metrics. */
interface Part {
  readonly season: Season;
  /** Their starts. ms */
  readonly hours: readonly number[];
  /** The end of the last one. */
  readonly until: Date;
  readonly part: number;
  readonly parts: number;
}

async function learnPart(
  store: Store,
  learned: Part,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { season, hours, until, part, parts } = learned;
  const ranges = Array.from({ length: season.lookBack }, (_, back) => [
    new Date(hours[0]! - back * season.lengthMs),
    new Date(until.getTime() - back * season.lengthMs),
  ]).flat();
  const rows = await store
    .readers()
    .query(readSql(season), [...ranges, part, parts], { timeoutMs: learnTimeoutMs, signal });
  const json = JSON.stringify(rows);
  await store.write((connection) => replaceHours(connection, learned, json), { alone: true });
}

/** A range each, so that what lies between them is not even looked at. */
function readSql(season: Season): string {
  const { lookBack } = season;
  const ranges = Array.from(
    { length: lookBack },
    (_, back) => `SELECT ${back} AS back, ${hourOfSeasonSql(season, 'timestamp')} AS hour,
        service_id, metric_name, ${levelSql} AS level, p50, p95, p99
      FROM all_metric_summaries
      WHERE ${hasLevelSql} AND timestamp >= $${2 * back + 1} AND timestamp < $${2 * back + 2}
        AND ${metricsPartSql(`$${2 * lookBack + 1}`, `$${2 * lookBack + 2}`)}`,
  );
  return statisticsSql(
    `(${ranges.join('\n UNION ALL ')})`,
    ['hour', 'service_id', 'metric_name'],
    ['count(DISTINCT back)::INTEGER AS seasons'],
  );
}

const insertSql = `
INSERT INTO seasonal_baselines
SELECT $2, hour, service_id, metric_name, mean, stddev, p50, p95, p99, sample_count, seasons, $3
FROM ${fromJsonRows({
  hour: 'SMALLINT',
  service_id: 'VARCHAR',
  metric_name: 'VARCHAR',
  mean: 'DOUBLE',
  stddev: 'DOUBLE',
  p50: 'DOUBLE',
  p95: 'DOUBLE',
  p99: 'DOUBLE',
  sample_count: 'INTEGER',
  seasons: 'INTEGER',
}).replace('?', '$1')}
ORDER BY metric_name, hour, service_id`;

async function replaceHours(
  connection: Connection,
  { season, hours, until, part, parts }: Part,
  json: string,
): Promise<void> {
  const numbers = hours.map((startMs) => hourOfSeason(season, startMs));
  await connection.run(
    `DELETE FROM seasonal_baselines
     WHERE season = $1 AND hour IN (${numbers.join(', ')}) AND ${metricsPartSql('$2', '$3')}`,
    [season.name, part, parts],
  );
  await connection.run(insertSql, [json, season.name, until]);
}
