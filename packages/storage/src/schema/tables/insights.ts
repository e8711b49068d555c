/** AI-generated insights. Source: RFD 010, Database Schema. */
export const insightsDdl = `
CREATE TABLE IF NOT EXISTS insights (
    id INTEGER PRIMARY KEY,
    created_at TIMESTAMP NOT NULL,
    insight_type TEXT NOT NULL,  -- anomaly, pattern, recommendation
    priority TEXT NOT NULL,  -- high, medium, low
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    details TEXT,  -- JSON string
    affected_services TEXT,  -- JSON array
    status TEXT NOT NULL,  -- active, dismissed, resolved
    confidence DOUBLE,
    expires_at TIMESTAMP
)`;

export const insightsSequenceDdl = 'CREATE SEQUENCE IF NOT EXISTS insights_id_sequence';

export const insightTypes = ['anomaly', 'pattern', 'recommendation'] as const;
export type InsightType = (typeof insightTypes)[number];
export const insightPriorities = ['high', 'medium', 'low'] as const;
export type InsightPriority = (typeof insightPriorities)[number];
export const insightStatuses = ['active', 'dismissed', 'resolved'] as const;
export type InsightStatus = (typeof insightStatuses)[number];

/** Something worth a person's attention. */
export interface Insight {
  readonly id: number;
  readonly createdAt: Date;
  readonly insightType: InsightType;
  readonly priority: InsightPriority;
  readonly title: string;
  readonly summary: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly affectedServices: readonly string[];
  readonly status: InsightStatus;
  /** Between 0 and 1. */
  readonly confidence?: number;
  readonly expiresAt?: Date;
}
