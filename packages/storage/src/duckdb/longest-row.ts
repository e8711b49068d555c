import type { Connection } from './connection.js';

/**
 * How long the texts of a row can be at most, by what DuckDB notes when they are written; it does not
 * get smaller when long ones are deleted. bytes
 *
 * @param rowId of a row that is there: DuckDB tells its notes with a row only, and reads as many as it
 *   is asked for
 */
export async function longestRowBytes(
  connection: Connection,
  table: string,
  columns: readonly string[],
  rowId: number,
): Promise<number> {
  const notes = columns.map((column) => `stats("${column}") AS "${column}"`).join(', ');
  const [row] = await connection.query(`SELECT ${notes} FROM ${table} WHERE rowid = ${rowId}`);
  if (!row) return 0;
  return columns.reduce((sum, column) => sum + lengthIn(row[column] as string), 0);
}

/** `[Min: a, Max: b, Has Unicode: false, Max String Length: 65544][Has Null: …]` */
function lengthIn(note: string): number {
  const length = /, Max String Length: (\d+)\]\[/.exec(note)?.[1];
  return length === undefined ? unknownLength : Number(length);
}

/** 65,536 characters of four bytes: longer texts are not accepted. */
const unknownLength = 262_144;
