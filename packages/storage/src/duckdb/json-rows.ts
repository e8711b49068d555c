/** Columns of rows that travel to DuckDB as one JSON parameter: name → DuckDB type. */
export type JsonColumns = Readonly<Record<string, string>>;

/**
 * A table expression over a JSON array bound to the next `?`: many rows in one statement.
 * A value per parameter would cost a native call each.
 *
 * @example `INSERT INTO t SELECT a, b FROM ${fromJsonRows({ a: 'VARCHAR', b: 'BIGINT' })}`
 */
export function fromJsonRows(columns: JsonColumns): string {
  return `(SELECT r.* FROM (SELECT unnest(from_json(?, '${JSON.stringify([columns])}')) AS r))`;
}
