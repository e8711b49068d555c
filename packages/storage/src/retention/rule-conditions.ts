import { allOf, anyOf, not, type Condition } from './condition.js';
import { retainedTableInfos, type ConditionName } from './retained-tables.js';
import type { RetentionRule } from './retention-policy.js';

/** What a rule does now. */
export interface RuleConditions {
  readonly rule: RetentionRule;
  /** Rows that no earlier rule decides about and this one does, whatever their age. */
  readonly governs: Condition;
  /** Of those, the rows that may go and are older than the cutoff; absent where all stay. */
  readonly expired?: { readonly cutoff: Date; readonly condition: Condition };
}

/**
 * Turns rules into SQL about the rows of their tables. Pure: the time is a parameter, and cutoffs
 * are UTC values to be bound, so that no session's time zone has a say.
 *
 * Shape: one per rule, in the same order.
 */
export function ruleConditions(rules: readonly RetentionRule[], now: Date): RuleConditions[] {
  return rules.map((rule, index) => {
    const earlier = rules.slice(0, index).filter(({ table }) => table === rule.table);
    const governs = allOf([fits(rule), ...earlier.map((other) => not(fits(other)))]);
    if (rule.keepMs === undefined) return { rule, governs };
    const { age, mayGo } = retainedTableInfos[rule.table];
    const cutoff = new Date(now.getTime() - rule.keepMs);
    const isOld: Condition = { sql: `${age} < ?`, parameters: [cutoff] };
    const condition = allOf([isOld, ...(mayGo ? [mayGo(now)] : []), governs]);
    return { rule, governs, expired: { cutoff, condition } };
  });
}

/** A rule in a line, for people: `metric_summaries 5m service=shop/*`. */
export function describeRule({
  table,
  interval,
  metric,
  service,
  eventType,
}: RetentionRule): string {
  const named = Object.entries({ metric, service, event_type: eventType }).flatMap(
    ([name, pattern]) => (pattern === undefined ? [] : [`${name}=${pattern}`]),
  );
  return [table, ...(interval ? [interval] : []), ...named].join(' ');
}

function fits(rule: RetentionRule): Condition {
  const { conditions } = retainedTableInfos[rule.table];
  return allOf(
    Object.entries(conditions).flatMap(([name, columns]) => {
      const pattern = rule[name as ConditionName];
      if (pattern === undefined) return [];
      return [anyOf(columns.map((column) => like(column, pattern)))];
    }),
  );
}

function like(column: string, pattern: string): Condition {
  const escaped = pattern.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');
  return { sql: `${column} LIKE ? ESCAPE '\\'`, parameters: [escaped] };
}
