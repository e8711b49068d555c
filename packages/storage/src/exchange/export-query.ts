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

/** SQL that selects rows to export, as they are in the table; its condition was checked. */
export type RowsSql = string;

/** Rows of a table by their place in it: `rowid` from `start`, inclusive, to `end`, exclusive. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** The rows that a filter lets through. */
export interface RowsToExport {
  /** All of them, or those of a range. */
  select(range?: RowRange): RowsSql;
  /** A condition on the table's time that all of them meet: it is cheap to find where they are. */
  readonly within: string;
}

/**
 * The rows that a filter lets through, as SELECTs over the table.
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
): Promise<RowsToExport> {
  const condition = await conditionSql(connection, source, where);
  const within = [
    'true',
    ...(from ? [`"${timeColumn}" >= ${timestampSql('from', from)}`] : []),
    ...(to ? [`"${timeColumn}" < ${timestampSql('to', to)}`] : []),
  ].join(' AND ');
  const select = (range?: RowRange) => {
    const inner = `SELECT * FROM ${source} WHERE ${range ? inRange(range, condition) : condition}`;
    return `SELECT * FROM (${inner}) AS r WHERE ${within}`;
  };
  checkReadOnly(await serializeSql(connection, select()));
  return { select, within };
}

/**
 * A condition on one column is looked at before the range, and unpacks all rows around it. This one is
 * on two, and is not.
 */
function inRange({ start, end }: RowRange, condition: string): string {
  const place = `rowid >= ${start} AND rowid < ${end}`;
  return condition === 'true'
    ? place
    : `${place} AND CASE WHEN ${condition} THEN rowid >= 0 ELSE false END`;
}

/** Those of them that a condition on the table's time lets through. */
export function onlyWithin(rows: RowsToExport, condition: string): RowsToExport {
  return {
    select: (range) => `SELECT * FROM (${rows.select(range)}) AS d WHERE ${condition}`,
    within: `${rows.within} AND ${condition}`,
  };
}

async function conditionSql(
  connection: Connection,
  source: string,
  where: string | undefined,
): Promise<string> {
  if (where === undefined) return 'true';
  const all = `SELECT * FROM ${source} WHERE `;
  const condition = `(\n${requireText('where', where)}\n)`;
  const serialized = await serializeSql(connection, all + condition);
  checkReadOnly(serialized);
  if (
    withoutCondition(serialized) !== withoutCondition(await serializeSql(connection, `${all}true`))
  ) {
    throw new StorageError(
      'STORAGE_SQL_REFUSED',
      'where must be one condition over the columns of the table, and nothing else.',
      { details: { field: 'where' } },
    );
  }
  return condition;
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
