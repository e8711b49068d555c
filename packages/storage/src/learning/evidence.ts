import type { JsonValue } from '../duckdb/json-values.js';
import { queryReadOnly } from '../queries/query-read-only.js';
import type { ReaderPool } from '../queries/reader-pool.js';
import type { EvidenceQuery, Member } from './finding.js';
import { windowMs } from './whole-windows.js';

/** Rows that a query gave at some time. */
export interface EvidenceRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly JsonValue[])[];
}

/** A query that an insight rests on, with what it gave when the insight was made. */
export interface Evidence extends EvidenceQuery, EvidenceRows {
  /** When it was run, ISO 8601. */
  readonly takenAt: string;
}

/** Rows that are kept of each query: an insight's details hold 64 KiB. */
const mostRows = 20;
/** Metrics that are named in a query. */
const mostMetrics = 10;

/** Runs the queries as anybody could: read-only, with a deadline, and so many rows at most. */
export async function takeEvidence(
  readers: ReaderPool,
  queries: readonly EvidenceQuery[],
  at: Date,
): Promise<Evidence[]> {
  const taken: Evidence[] = [];
  for (const query of queries) {
    taken.push({ ...query, ...(await runEvidence(readers, query.sql)), takenAt: at.toISOString() });
  }
  return taken;
}

export async function runEvidence(readers: ReaderPool, sql: string): Promise<EvidenceRows> {
  const { columns, rows } = await queryReadOnly(readers, sql, { maxRows: mostRows });
  const all: (readonly JsonValue[])[] = [];
  for await (const batch of rows) all.push(...batch);
  return { columns: columns.map(({ name }) => name), rows: all };
}

/** Text as a literal of SQL. */
export function quoteSql(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const timeSql = (ms: number) =>
  `TIMESTAMP '${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}'`;

/** What an anomaly rests on: its metrics against what is normal, and the windows of the first one. */
export function anomalyEvidence(members: readonly Member[]): EvidenceQuery[] {
  const named = members.slice(0, mostMetrics);
  const first = named[0]!;
  const isSlow = first.trouble === 'rising' || first.trouble === 'falling';
  return [levelsQuery(named), isSlow ? daysQuery(first) : windowsQuery(first)];
}

/** Of the newest windows in the file, so that it says later whether things are normal again. */
function levelsQuery(members: readonly Member[]): EvidenceQuery {
  const names = members.map(({ service, metric }) => `(${quoteSql(service)}, ${quoteSql(metric)})`);
  return {
    title: 'Each metric in the newest quarter of an hour, and what is normal for it',
    keys: 2,
    sql: `SELECT b.service_id, b.metric_name, b.mean AS normal, b.stddev AS spread,
  median(coalesce(s.mean, s.p50)) AS level, count(s.timestamp) AS windows
FROM baselines b
LEFT JOIN all_metric_summaries s ON s.service_id = b.service_id AND s.metric_name = b.metric_name
  AND s.interval = '5m' AND s.timestamp > (
    SELECT max(timestamp) FROM all_metric_summaries WHERE interval = '5m') - INTERVAL 15 MINUTE
WHERE b.time_window = '7d' AND (b.service_id, b.metric_name) IN (${names.join(', ')})
GROUP BY ALL
ORDER BY ALL`,
  };
}

/** From half an hour before it began to an hour after. */
function windowsQuery({ service, metric, sinceMs }: Member): EvidenceQuery {
  return {
    title: `The windows of ${metric} of ${service} around the beginning`,
    keys: 1,
    sql: `SELECT timestamp, mean, p50, p95, max, count
FROM all_metric_summaries
WHERE interval = '5m' AND service_id = ${quoteSql(service)} AND metric_name = ${quoteSql(metric)}
  AND timestamp >= ${timeSql(sinceMs - 6 * windowMs)} AND timestamp < ${timeSql(sinceMs + 12 * windowMs)}
ORDER BY timestamp`,
  };
}

function daysQuery({ service, metric, sinceMs }: Member): EvidenceQuery {
  return {
    title: `The days of ${metric} of ${service}`,
    keys: 1,
    sql: `SELECT time_bucket(INTERVAL 1 DAY, timestamp) AS day, avg(coalesce(mean, p50)) AS level, count(*) AS windows
FROM all_metric_summaries
WHERE interval = '5m' AND service_id = ${quoteSql(service)} AND metric_name = ${quoteSql(metric)}
  AND timestamp >= ${timeSql(sinceMs - 288 * windowMs)}
GROUP BY day
ORDER BY day`,
  };
}
