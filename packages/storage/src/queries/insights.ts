import type { Row } from '../duckdb/connection.js';
import type { Insight, InsightPriority, InsightStatus } from '../schema/tables/insights.js';
import { parseJsonObject, present, requireLimit, whereOf } from './conditions.js';
import { requireCount } from '../writes/check-input.js';
import type { ReaderPool } from './reader-pool.js';

export interface ListInsightsFilter {
  readonly status?: InsightStatus | undefined;
  readonly priority?: InsightPriority | undefined;
  /** Leaves out what has expired by then. */
  readonly notExpiredAt?: Date | undefined;
  /** Default 1000. */
  readonly limit?: number | undefined;
}

/** High priority first, newest first within one. */
export async function readInsights(
  readers: ReaderPool,
  filter: ListInsightsFilter,
): Promise<Insight[]> {
  const { sql, parameters } = whereOf([
    ['status = ?', filter.status],
    ['priority = ?', filter.priority],
    ['(expires_at IS NULL OR expires_at > ?)', filter.notExpiredAt],
  ]);
  const rows = await readers.query(
    `SELECT * FROM insights ${sql}
     ORDER BY list_position(['high', 'medium', 'low'], priority), created_at DESC, id DESC LIMIT ?`,
    [...parameters, requireLimit(filter.limit)],
  );
  return rows.map(toInsight);
}

export async function readInsight(readers: ReaderPool, id: number): Promise<Insight | undefined> {
  const [row] = await readers.query('SELECT * FROM insights WHERE id = ?', [
    requireCount('id', id),
  ]);
  return row && toInsight(row);
}

function toInsight(row: Row): Insight {
  return present({
    id: row['id'],
    createdAt: row['created_at'],
    insightType: row['insight_type'],
    priority: row['priority'],
    title: row['title'],
    summary: row['summary'],
    details: parseJsonObject(row['details']),
    affectedServices: parseNames(row['affected_services']),
    status: row['status'],
    confidence: row['confidence'],
    expiresAt: row['expires_at'],
  }) as Insight;
}

function parseNames(text: unknown): string[] {
  if (text === undefined) return [];
  try {
    const value: unknown = JSON.parse(text as string);
    return Array.isArray(value) ? value.map(String) : [String(text)];
  } catch {
    return [String(text)]; // Another program wrote the row: show what stands there.
  }
}
