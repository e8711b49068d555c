import type { Connection } from '../duckdb/connection.js';
import type { SqlParameter } from '../duckdb/values.js';
import {
  insightPriorities,
  insightTypes,
  type InsightPriority,
  type InsightStatus,
  type InsightType,
} from '../schema/tables/insights.js';
import { StorageError } from '../storage-error.js';
import {
  optional,
  requireDate,
  requireFinite,
  requireJsonObject,
  requireName,
  requireOneOf,
  requireText,
  type JsonObject,
} from './check-input.js';

/** What a writer says of an insight; it begins active. */
export interface InsightInput {
  /** Default now. */
  readonly createdAt?: Date;
  readonly insightType: InsightType;
  readonly priority: InsightPriority;
  readonly title: string;
  readonly summary: string;
  readonly details?: JsonObject;
  readonly affectedServices?: readonly string[];
  /** Between 0 and 1. */
  readonly confidence?: number;
  readonly expiresAt?: Date;
}

export function checkInsight(insight: InsightInput, now: Date): SqlParameter[] {
  const services = insight.affectedServices ?? [];
  return [
    insight.createdAt ? requireDate('createdAt', insight.createdAt) : now,
    requireOneOf('insightType', insight.insightType, insightTypes),
    requireOneOf('priority', insight.priority, insightPriorities),
    requireName('title', insight.title),
    requireText('summary', insight.summary),
    optional(insight.details, (value) => requireJsonObject('details', value)),
    JSON.stringify(services.map((id, index) => requireName(`affectedServices[${index}]`, id))),
    optional(insight.confidence, requireConfidence),
    optional(insight.expiresAt, (value) => requireDate('expiresAt', value)),
  ];
}

/** @returns the new insight's id */
export async function writeInsight(
  connection: Connection,
  row: readonly SqlParameter[],
): Promise<number> {
  const [inserted] = await connection.query(
    `INSERT INTO insights (id, created_at, insight_type, priority, title, summary, details,
       affected_services, status, confidence, expires_at)
     VALUES (nextval('insights_id_sequence'), ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?)
     RETURNING id`,
    row,
  );
  return inserted!['id'] as number;
}

/** @returns whether an active insight with this id was there to be ended */
export async function endInsight(
  connection: Connection,
  id: number,
  status: Exclude<InsightStatus, 'active'>,
): Promise<boolean> {
  const changed = await connection.run(
    `UPDATE insights SET status = ? WHERE id = ? AND status = 'active'`,
    [status, id],
  );
  return changed > 0;
}

function requireConfidence(value: number): number {
  if (requireFinite('confidence', value) < 0 || value > 1) {
    throw new StorageError('STORAGE_INVALID_INPUT', 'confidence must lie between 0 and 1.', {
      details: { field: 'confidence' },
    });
  }
  return value;
}
