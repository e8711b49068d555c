import type { JsonValue } from '../duckdb/json-values.js';
import { readInsight } from '../queries/insights.js';
import type { ReaderPool } from '../queries/reader-pool.js';
import type { Insight } from '../schema/tables/insights.js';
import { isStorageError } from '../storage-error.js';
import { runEvidence, type Evidence, type EvidenceRows } from './evidence.js';

/** A query that an insight rests on, then and now. */
export interface InsightEvidence {
  readonly title: string;
  readonly sql: string;
  /** How many of the first columns tell rows apart. */
  readonly keys: number;
  readonly takenAt: Date;
  readonly then: EvidenceRows;
  /** Absent when it cannot be run any more. */
  readonly now?: EvidenceRows;
  /** Why it cannot. */
  readonly problem?: string;
}

/** An insight with what it rests on; no evidence for one that somebody else made. */
export interface InsightExplanation {
  readonly insight: Insight;
  readonly evidence: readonly InsightEvidence[];
}

/** Reads what an insight rests on, and runs its queries again; undefined when there is none with this id. */
export async function explainInsight(
  readers: ReaderPool,
  id: number,
): Promise<InsightExplanation | undefined> {
  const insight = await readInsight(readers, id);
  if (!insight) return undefined;
  const stored = insight.details?.['evidence'];
  const evidence: InsightEvidence[] = [];
  for (const one of Array.isArray(stored) ? (stored as unknown[]) : []) {
    if (isEvidence(one)) evidence.push(await runAgain(readers, one));
  }
  return { insight, evidence };
}

async function runAgain(readers: ReaderPool, evidence: Evidence): Promise<InsightEvidence> {
  const { title, sql, keys, takenAt, columns, rows } = evidence;
  const known = { title, sql, keys, takenAt: new Date(takenAt), then: { columns, rows } };
  try {
    return { ...known, now: await runEvidence(readers, sql) };
  } catch (reason) {
    // The row may come from another program, or from a release with other tables.
    const isItsFault = isStorageError(reason) && reason.code.startsWith('STORAGE_SQL_');
    if (!isItsFault) throw reason;
    return { ...known, problem: reason.message };
  }
}

function isEvidence(value: unknown): value is Evidence {
  const { title, sql, keys, takenAt, columns, rows } = (value ?? {}) as Partial<Evidence>;
  return (
    typeof title === 'string' &&
    typeof sql === 'string' &&
    Number.isInteger(keys) &&
    typeof takenAt === 'string' &&
    !Number.isNaN(Date.parse(takenAt)) &&
    Array.isArray(columns) &&
    Array.isArray(rows) &&
    rows.every((row: unknown): row is readonly JsonValue[] => Array.isArray(row))
  );
}
