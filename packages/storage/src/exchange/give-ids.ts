import { quoted } from '../duckdb/instance.js';
import type { Connection } from '../duckdb/connection.js';

/** What an import is about to write, as far as ids go. */
export interface RowsToCome {
  /** The exchange's name of the table. */
  readonly table: string;
  readonly idSequence: string;
  /** Of the ids that rows bring; 0: none does. */
  readonly largestId: number;
  /** How many rows bring none. */
  readonly withoutId: number;
  /** Of all rows: the same rows get the same ids again. */
  readonly digest: string;
}

/**
 * Takes the ids of an import out of the sequence, before its first row is written: nothing that is recorded from
 * then on gets one of them, and rows that bring none have theirs, however often the import is cut off.
 *
 * @returns the first id of the rows that bring none
 */
export async function giveIds(
  connection: Connection,
  { table, idSequence, largestId, withoutId, digest }: RowsToCome,
  now: Date,
): Promise<number> {
  if (withoutId === 0) return reserve(connection, idSequence, largestId, 0);
  const [known] = await connection.query('SELECT first_id AS id FROM imports WHERE digest = ?', [
    digest,
  ]);
  if (known) return known['id'] as number;
  const firstId = await reserve(connection, idSequence, largestId, withoutId);
  await connection.run('INSERT INTO imports VALUES (?, ?, ?, ?, ?)', [
    digest,
    table,
    firstId,
    withoutId,
    now,
  ]);
  return firstId;
}

/**
 * Lifts a sequence above an id, and by so many more. DuckDB cannot set a sequence; a new one takes the old
 * one's place in the same transaction.
 *
 * @returns the first of those beyond
 */
async function reserve(
  connection: Connection,
  sequence: string,
  largestId: number,
  more: number,
): Promise<number> {
  const [row] = await connection.query(
    `SELECT coalesce(last_value + 1, start_value) AS next FROM duckdb_sequences()
     WHERE sequence_name = ${quoted(sequence)} AND database_name = current_database()`,
  );
  const next = row!['next'] as number;
  const first = Math.max(next, largestId + 1);
  if (first + more > next) {
    await connection.execute(`CREATE OR REPLACE SEQUENCE ${sequence} START ${first + more}`);
  }
  return first;
}
