import type { Connection } from '../duckdb/connection.js';
import { fromJsonRows } from '../duckdb/json-rows.js';
import type { MetricSummary } from '../schema/tables/metric-summaries.js';
import type { CheckedRow, CheckedValue } from './check-row.js';
import type { ExchangeColumn, ExchangeTable } from './exchange-tables.js';

/**
 * Rows as the JSON parameter that {@link writeRows} binds, nothing rounded: times as
 * microseconds, -0 with its sign. Of several rows with one key the last is kept.
 */
export function rowsToJson(table: ExchangeTable, rows: readonly CheckedRow[]): string {
  const keyAt = table.key.map((name) => table.columns.findIndex((one) => one.name === name));
  const unique = new Map<string, CheckedRow>();
  for (const row of rows) unique.set(keyAt.map((at) => row[at]).join('\0'), row);
  return `[${[...unique.values()].map((row) => rowToJson(table, row)).join(',')}]`;
}

/** Inserts rows, or replaces those with the same key. */
export async function writeRows(
  connection: Connection,
  table: ExchangeTable,
  json: string,
): Promise<void> {
  await connection.run(upsertSql(table), [json]);
}

/** Rows of metrics as their own writer takes them: it knows in which tier each belongs. */
export function toMetricSummaries(rows: readonly CheckedRow[]): MetricSummary[] {
  return rows.map((row) => {
    const [us, serviceId, metricName, interval, p50, p95, p99, mean, max, count] = row;
    return {
      timestamp: new Date(Number((us as bigint) / 1000n)),
      serviceId,
      metricName,
      interval,
      p50: p50 ?? undefined,
      p95: p95 ?? undefined,
      p99: p99 ?? undefined,
      mean: mean ?? undefined,
      max: max ?? undefined,
      count: count ?? undefined,
    } as MetricSummary;
  });
}

function rowToJson({ columns }: ExchangeTable, row: CheckedRow): string {
  const fields = columns.flatMap((column, index) => {
    const value = row[index]!;
    return value === null ? [] : [`"${jsonName(column)}":${valueToJson(value)}`];
  });
  return `{${fields.join(',')}}`;
}

function valueToJson(value: Exclude<CheckedValue, null>): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0.0' : String(value);
}

function jsonName({ name, type }: ExchangeColumn): string {
  return type === 'TIMESTAMP' ? `${name}_us` : name;
}

function upsertSql({ table, columns, key }: ExchangeTable): string {
  const types = columns.map((column) => [
    jsonName(column),
    column.type === 'TIMESTAMP' ? 'BIGINT' : column.type,
  ]);
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const values = columns.map(valueSql).join(', ');
  const changes = columns
    .filter(({ name }) => !key.includes(name))
    .map(({ name }) => `"${name}" = excluded."${name}"`)
    .join(', ');
  return `INSERT INTO ${table} (${names})
SELECT ${values} FROM ${fromJsonRows(Object.fromEntries(types))}
ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${changes}`;
}

function valueSql(column: ExchangeColumn): string {
  const name = `"${jsonName(column)}"`;
  return column.type === 'TIMESTAMP' ? `make_timestamp(${name})` : name;
}
