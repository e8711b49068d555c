import { ColumnAppender } from '../duckdb/column-appender.js';
import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import { intoHotTier, placeSummariesBetween } from '../tiers/place-summaries.js';
import type { SummaryColumns } from './summary-columns.js';

/** Up to so many rows travel as one JSON parameter and one statement; more as columns. */
const fewRows = 200;

/** Inserts summaries, or replaces those that stand for the same windows. */
export async function writeMetricSummaries(
  connection: Connection,
  columns: SummaryColumns,
  sealedUntilUs: number,
): Promise<void> {
  if (columns.length <= fewRows && columns.oldestUs >= sealedUntilUs) {
    await connection.run(insertFewSql, [toJson(columns)]);
    return;
  }
  const isForHistory = columns.oldestUs < sealedUntilUs;
  await stage(connection, columns, isForHistory ? byMetric(columns) : undefined);
  await placeSummariesBetween(connection, 'incoming_summaries', columns, {
    sealedUntilUs,
    isInHistoryOrder: isForHistory,
  });
  await connection.execute(
    'DROP VIEW incoming_summaries; DROP TABLE temp.incoming_rows; DROP TABLE temp.incoming_names',
  );
}

const insertFewSql = `
${intoHotTier.head}
SELECT make_timestamp(timestamp_us), service_id, metric_name, interval, p50, p95, p99, mean, max, count
FROM ${fromJsonRows({
  timestamp_us: 'BIGINT',
  service_id: 'VARCHAR',
  metric_name: 'VARCHAR',
  interval: 'VARCHAR',
  p50: 'DOUBLE',
  p95: 'DOUBLE',
  p99: 'DOUBLE',
  mean: 'DOUBLE',
  max: 'DOUBLE',
  count: 'INTEGER',
})}
${intoHotTier.tail}`;

function toJson(columns: SummaryColumns): string {
  const rows = new Map<string, object>();
  for (let index = 0; index < columns.length; index += 1) {
    const name = columns.names[columns.name[index]!]!;
    // JSON has null for NaN, which is what it stands for.
    const [p50, p95, p99, mean, max, count] = columns.numbers.map((numbers) =>
      signed(numbers[index]!),
    );
    const timestamp_us = columns.timestampUs[index]!;
    const key = `${columns.name[index]} ${timestamp_us}`;
    rows.set(key, {
      timestamp_us,
      service_id: name.serviceId,
      metric_name: name.metricName,
      interval: name.interval,
      ...{ p50, p95, p99, mean, max, count },
    });
  }
  return JSON.stringify([...rows.values()]);
}

/** JSON.stringify forgets the sign of -0; DuckDB reads it from text. */
function signed(value: number): number | string {
  return Object.is(value, -0) ? '-0.0' : value;
}

/** p50 to count. */
const nullableColumns = 0b1111_1100;

/** Puts the columns into temporary tables, and the view `incoming_summaries` over them. */
async function stage(
  connection: Connection,
  columns: SummaryColumns,
  order: Uint32Array | undefined,
): Promise<void> {
  await connection.execute(`
    CREATE OR REPLACE TEMP TABLE incoming_rows (
      timestamp TIMESTAMP, name INTEGER,
      p50 DOUBLE, p95 DOUBLE, p99 DOUBLE, mean DOUBLE, max DOUBLE, count INTEGER);
    CREATE OR REPLACE TEMP TABLE incoming_names (
      name INTEGER, service_id TEXT, metric_name TEXT, interval TEXT);
    CREATE OR REPLACE TEMP VIEW incoming_summaries AS
      SELECT timestamp, service_id, metric_name, interval, p50, p95, p99, mean, max, count
      FROM incoming_rows JOIN incoming_names USING (name)
      ${columns.mayRepeat ? lastOfEachKey : ''}`);
  await connection.run(
    `INSERT INTO incoming_names SELECT name, service_id, metric_name, interval
     FROM ${fromJsonRows({ name: 'INTEGER', service_id: 'VARCHAR', metric_name: 'VARCHAR', interval: 'VARCHAR' })}`,
    [
      JSON.stringify(
        columns.names.map(({ serviceId, metricName, interval }, name) => ({
          name,
          service_id: serviceId,
          metric_name: metricName,
          interval,
        })),
      ),
    ],
  );
  await appendRows(connection, columns, order);
}

const lastOfEachKey = `QUALIFY row_number() OVER (
  PARTITION BY timestamp, incoming_rows.name ORDER BY incoming_rows.rowid DESC) = 1`;

async function appendRows(
  connection: Connection,
  columns: SummaryColumns,
  order: Uint32Array | undefined,
): Promise<void> {
  const appender = await ColumnAppender.create(connection, 'incoming_rows', [
    'timestamp',
    'integer',
    'double',
    'double',
    'double',
    'double',
    'double',
    'integer',
  ]);
  try {
    const row = new Array<number>(8).fill(0);
    for (let n = 0; n < columns.length; n += 1) {
      const index = order ? order[n]! : n;
      row[0] = columns.timestampUs[index]!;
      row[1] = columns.name[index]!;
      for (let column = 0; column < 6; column += 1)
        row[column + 2] = columns.numbers[column]![index]!;
      appender.append(row, nullableColumns);
    }
    appender.flush();
  } finally {
    appender.close();
  }
}

/**
 * Positions of the rows by metric and interval, otherwise as they came, which usually is by time: the
 * order of history, found by counting instead of comparing strings.
 */
function byMetric({ names, name, length }: SummaryColumns): Uint32Array {
  const keys = names.map(({ metricName, interval }) => `${metricName}\0${interval}`);
  const ranks = new Map([...new Set(keys)].sort().map((key, rank) => [key, rank]));
  const rankOf = Uint32Array.from(keys, (key) => ranks.get(key)!);
  const next = new Uint32Array(ranks.size + 1);
  for (let index = 0; index < length; index += 1) next[rankOf[name[index]!]! + 1]! += 1;
  for (let rank = 1; rank < next.length; rank += 1) next[rank]! += next[rank - 1]!;
  const order = new Uint32Array(length);
  for (let index = 0; index < length; index += 1) {
    const rank = rankOf[name[index]!]!;
    order[next[rank]!] = index;
    next[rank]! += 1;
  }
  return order;
}
