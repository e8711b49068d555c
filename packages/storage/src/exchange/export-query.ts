import type { Connection } from '../duckdb/connection.js';
import { serializeSql } from '../duckdb/row-stream.js';
import { checkReadOnly } from '../queries/check-read-only.js';
import { StorageError } from '../storage-error.js';
import { requireDate, requireText } from '../writes/check-input.js';
import type { ExchangeFormat, ExchangeTable } from './exchange-tables.js';
import { isoTimestampSql } from './iso-timestamp.js';

export interface ExportFilter {
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly to?: Date | undefined;
  /** A condition in SQL over the table's columns; subqueries may read other tables. */
  readonly where?: string | undefined;
}

/** A checked condition: SQL that selects the rows to export, as they are in the table. */
export type RowsSql = string;

/**
 * The rows that a filter lets through, as one SELECT over the table.
 *
 * The condition is somebody's SQL. It may only be a condition: with it the statement must parse to
 * the same tree as without it, apart from its WHERE, and pass the walls of `queryReadOnly`.
 *
 * @throws {StorageError} `STORAGE_SQL_INVALID`, `STORAGE_SQL_REFUSED`, `STORAGE_INVALID_INPUT`
 */
export async function rowsToExport(
  connection: Connection,
  { source, timeColumn }: ExchangeTable,
  { from, to, where }: ExportFilter,
): Promise<RowsSql> {
  const bounds = [
    ...(from ? [`"${timeColumn}" >= ${timestampSql('from', from)}`] : []),
    ...(to ? [`"${timeColumn}" < ${timestampSql('to', to)}`] : []),
  ];
  const inner = await conditionSql(connection, source, where);
  const sql = `SELECT * FROM (${inner}) AS r${bounds.length > 0 ? ` WHERE ${bounds.join(' AND ')}` : ''}`;
  checkReadOnly(await serializeSql(connection, sql));
  return sql;
}

async function conditionSql(
  connection: Connection,
  source: string,
  where: string | undefined,
): Promise<string> {
  const all = `SELECT * FROM ${source} WHERE true`;
  if (where === undefined) return all;
  const sql = `SELECT * FROM ${source} WHERE (\n${requireText('where', where)}\n)`;
  const serialized = await serializeSql(connection, sql);
  checkReadOnly(serialized);
  if (withoutCondition(serialized) !== withoutCondition(await serializeSql(connection, all))) {
    throw new StorageError(
      'STORAGE_SQL_REFUSED',
      'where must be one condition over the columns of the table, and nothing else.',
      { details: { field: 'where' } },
    );
  }
  return sql;
}

/** The statement's tree but for its WHERE and for where in the text its parts stand. */
function withoutCondition(serialized: string): string {
  const { statements } = JSON.parse(serialized) as {
    statements: { node: { where_clause?: unknown } }[];
  };
  delete statements[0]!.node.where_clause;
  return JSON.stringify(statements, (key, value: unknown) =>
    key === 'query_location' ? undefined : value,
  );
}

/** The table's columns as a format writes them: Parquet has times of its own, the others text. */
export function columnsSql({ columns }: ExchangeTable, format: ExchangeFormat): string {
  return columns
    .map(({ name, type }) => {
      const column = `"${name}"`;
      const isText = type === 'TIMESTAMP' && format !== 'parquet';
      return isText ? `${isoTimestampSql(column)} AS ${column}` : column;
    })
    .join(', ');
}

/** A Date as a TIMESTAMP literal, exact anywhere in time. */
export function timestampSql(field: string, value: Date): string {
  return `make_timestamp(${BigInt(requireDate(field, value).getTime()) * 1000n})`;
}
