import type { Connection } from '../duckdb/connection.js';
import type { ReaderPool } from '../queries/reader-pool.js';

/** How far each part of learning has come. */
export type LearningState = ReadonlyMap<string, Date>;

export async function readLearningState(readers: ReaderPool): Promise<LearningState> {
  const rows = await readers.query('SELECT part, learned_until FROM learning_state');
  return new Map(rows.map((row) => [row['part'] as string, row['learned_until'] as Date]));
}

/** Notes how far a part has come; in the open transaction. */
export async function writeLearningState(
  connection: Connection,
  part: string,
  learnedUntil: Date,
): Promise<void> {
  await connection.run('DELETE FROM learning_state WHERE part = ?', [part]);
  await connection.run('INSERT INTO learning_state VALUES (?, ?)', [part, learnedUntil]);
}

/** Whether so much time has gone by since; also when the clock went back. */
export function isDue(learnedUntil: Date | undefined, end: Date, everyMs: number): boolean {
  if (learnedUntil === undefined || end < learnedUntil) return true;
  return end.getTime() - learnedUntil.getTime() >= everyMs;
}
