import { summaryIntervals, type SummaryInterval } from '../schema/tables/metric-summaries.js';
import { StorageError } from '../storage-error.js';
import { optional, requireName, requireOneOf, requireWhole } from '../writes/check-input.js';
import { retainedTableInfos, retainedTables, type RetainedTable } from './retained-tables.js';

/** How long some rows of a table stay. */
export interface RetentionRule {
  readonly table: RetainedTable;
  /** Of metric summaries. */
  readonly interval?: SummaryInterval | undefined;
  /** Pattern, of metric summaries and baselines: `*` stands for any text, all else for itself. */
  readonly metric?: string | undefined;
  /** Pattern; of service connections either end. Insights have none. */
  readonly service?: string | undefined;
  /** Pattern, of events. */
  readonly eventType?: string | undefined;
  /** How long a row stays, by the column that its age is counted from. Absent: forever. ms */
  readonly keepMs?: number | undefined;
}

/** How long rows stay, and how long they can be brought back after that. */
export interface RetentionPolicy {
  /** Tried in order: of several that fit a row the first decides. A row that none fits stays. */
  readonly rules: readonly RetentionRule[];
  /** How long deleted rows can be brought back; 0: they are gone at once. ms */
  readonly trashMs: number;
}

const conditionNames = ['interval', 'metric', 'service', 'eventType'] as const;

/** @throws {StorageError} `STORAGE_INVALID_INPUT` with the field, such as `rules[2].metric` */
export function checkRetentionPolicy(policy: RetentionPolicy): RetentionPolicy {
  return {
    rules: policy.rules.map((rule, index) => checkRule(rule, `rules[${index}]`)),
    trashMs: requireWhole('trashMs', policy.trashMs),
  };
}

function checkRule(rule: RetentionRule, at: string): RetentionRule {
  const table = requireOneOf(`${at}.table`, rule.table, retainedTables);
  const known = retainedTableInfos[table].conditions;
  for (const name of conditionNames) {
    if (rule[name] === undefined || known[name] !== undefined) continue;
    throw new StorageError(
      'STORAGE_INVALID_INPUT',
      `${at}.${name} is no condition of ${table}; it has ${Object.keys(known).join(', ') || 'none'}.`,
      { details: { field: `${at}.${name}` } },
    );
  }
  return {
    table,
    interval: optional(rule.interval, (value) =>
      requireOneOf(`${at}.interval`, value, summaryIntervals),
    ),
    metric: optional(rule.metric, (value) => requireName(`${at}.metric`, value)),
    service: optional(rule.service, (value) => requireName(`${at}.service`, value)),
    eventType: optional(rule.eventType, (value) => requireName(`${at}.eventType`, value)),
    keepMs: optional(rule.keepMs, (value) => requireWhole(`${at}.keepMs`, value, 1)),
  };
}
