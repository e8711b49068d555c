import type { InsightPriority, InsightType } from '../schema/tables/insights.js';

/** What is the matter with one metric. */
export type Trouble = 'up' | 'down' | 'silent' | 'rising' | 'falling';

/** One metric that is not as it should be. */
export interface Member {
  readonly service: string;
  readonly metric: string;
  readonly trouble: Trouble;
  /** Its first bad window. ms since the epoch */
  readonly sinceMs: number;
  /** Its level in the bad windows; absent when there is none. */
  readonly level?: number | undefined;
  /** What is normal, and how far that spreads. */
  readonly normal?: number | undefined;
  readonly spread?: number | undefined;
  /** How many spreads the level is away from normal. */
  readonly score: number;
  /** How many windows say so. */
  readonly bad: number;
}

/** A query that an insight rests on. */
export interface EvidenceQuery {
  readonly title: string;
  readonly sql: string;
  /** How many of its first columns tell rows apart. */
  readonly keys: number;
}

/** Something to tell of, for as long as it is found again. */
export interface Finding {
  /** The same for as long as it lasts. */
  readonly cause: string;
  readonly since: Date;
  readonly insightType: InsightType;
  readonly priority: InsightPriority;
  readonly title: string;
  readonly summary: string;
  /** From the root of the trouble on. */
  readonly affectedServices: readonly string[];
  readonly confidence: number;
  /** How long the insight stays active when nobody looks again. ms */
  readonly lastsMs: number;
  /** Small facts, for programs. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly members: readonly Member[];
  readonly evidence: readonly EvidenceQuery[];
}

/** Something that went on when it was looked at last, or shortly before. */
export interface OpenCause {
  readonly cause: string;
  readonly insightId: number;
  readonly since: Date;
  readonly lastSeen: Date;
  readonly members: readonly Member[];
  /** It is over, but may come back. */
  readonly rests: boolean;
  /** Its insight was resolved when it was over, and becomes active again with it. */
  readonly reopens: boolean;
}
