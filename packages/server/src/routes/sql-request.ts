import { ServerError } from '../errors.js';

/** What `POST /api/v1/sql` asks. */
export interface SqlRequest {
  /** One read-only statement. */
  readonly sql: string;
  /** How long the query may take, ms. Absent: the store's default. */
  readonly timeoutMs?: number;
  /** How many rows to answer at most. Absent: the store's default. */
  readonly maxRows?: number;
}

/** Ten minutes: longer questions are better asked of a snapshot. */
const longestTimeoutMs = 600_000;
const mostRows = 10_000_000;
const longestSql = 1_000_000;

/**
 * Reads the body of a SQL request. Unknown fields are refused: a mistyped limit must not be ignored.
 *
 * @throws {ServerError} `SERVER_INPUT_INVALID` with the field
 */
export function parseSqlRequest(body: Readonly<Record<string, unknown>>): SqlRequest {
  const { sql, timeout_ms, max_rows, ...unknown } = body;
  const [stranger] = Object.keys(unknown);
  if (stranger !== undefined) {
    throw invalid(stranger.slice(0, 100), 'is not known; there are sql, timeout_ms and max_rows');
  }
  if (typeof sql !== 'string' || sql.trim() === '') {
    throw invalid('sql', 'must be a statement, such as "SELECT 1"');
  }
  if (sql.length > longestSql) throw invalid('sql', `must not exceed ${longestSql} characters`);
  return {
    sql,
    ...(timeout_ms === undefined
      ? {}
      : { timeoutMs: integer('timeout_ms', timeout_ms, longestTimeoutMs) }),
    ...(max_rows === undefined ? {} : { maxRows: integer('max_rows', max_rows, mostRows) }),
  };
}

function integer(field: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) {
    return value;
  }
  throw invalid(field, `must be a whole number from 1 to ${most}`);
}

function invalid(field: string, rule: string): ServerError {
  return new ServerError('SERVER_INPUT_INVALID', `${field} ${rule}.`, { details: { field } });
}
