import type { Row } from '../duckdb/connection.js';
import type { Store } from '../store.js';
import { readBytesPerRow } from './bytes-per-row.js';
import type { Condition } from './condition.js';
import { retainedTableInfos } from './retained-tables.js';
import type { RetentionPolicy, RetentionRule } from './retention-policy.js';
import { describeRule, ruleConditions, type RuleConditions } from './rule-conditions.js';

/** What one rule would delete now. */
export interface RetentionPlanRule {
  readonly rule: RetentionRule;
  /** The rule in a line: `metric_summaries 5m service=shop/*`. */
  readonly name: string;
  /** Rows older than this go; absent where they stay forever. */
  readonly cutoff?: Date;
  readonly rows: number;
  /**
   * What they take in the file, estimated: rows times the blocks of their table per row, without its
   * indexes.
   */
  readonly bytes: number;
  /** Of the rows that would be deleted. */
  readonly oldest?: Date;
}

/** What a policy would delete now. */
export interface RetentionPlan {
  readonly at: Date;
  /** One per rule, in the order of the policy. */
  readonly rules: readonly RetentionPlanRule[];
  readonly rows: number;
  readonly bytes: number;
}

/** Looks, and changes nothing. */
export async function planRetention(store: Store, policy: RetentionPolicy): Promise<RetentionPlan> {
  const at = store.now();
  const bytesPerRow = await readBytesPerRow(store.readers());
  const rules: RetentionPlanRule[] = [];
  for (const conditions of ruleConditions(policy.rules, at)) {
    rules.push(await planRule(store, conditions, bytesPerRow));
  }
  const sum = (of: 'rows' | 'bytes') => rules.reduce((total, rule) => total + rule[of], 0);
  return { at, rules, rows: sum('rows'), bytes: sum('bytes') };
}

async function planRule(
  store: Store,
  { rule, expired }: RuleConditions,
  bytesPerRow: ReadonlyMap<string, number>,
): Promise<RetentionPlanRule> {
  const name = describeRule(rule);
  if (!expired) return { rule, name, rows: 0, bytes: 0 };
  const { age, tables } = retainedTableInfos[rule.table];
  let rows = 0;
  let bytes = 0;
  let oldest: Date | undefined;
  for (const table of tables) {
    const found = await countRows(store, table.name, age, expired.condition);
    const n = found['n'] as number;
    const first = found['oldest'] as Date | undefined;
    rows += n;
    bytes += Math.round(n * (bytesPerRow.get(table.name) ?? 0));
    if (first && (!oldest || first < oldest)) oldest = first;
  }
  return { rule, name, cutoff: expired.cutoff, rows, bytes, ...(oldest ? { oldest } : {}) };
}

async function countRows(
  store: Store,
  table: string,
  age: string,
  { sql, parameters }: Condition,
): Promise<Row> {
  const [row] = await store
    .readers()
    .query(`SELECT count(*) AS n, min(${age}) AS oldest FROM ${table} WHERE ${sql}`, parameters);
  return row!;
}
