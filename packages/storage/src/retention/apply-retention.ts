import type { Progress, TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { deleteStep, type Deletion } from './delete-rows.js';
import { dropTrashBefore, type DroppedTrash } from './drop-trash.js';
import { planRetention, type RetentionPlan, type RetentionPlanRule } from './plan-retention.js';
import { retainedTableInfos } from './retained-tables.js';
import type { RetentionPolicy } from './retention-policy.js';
import { ruleConditions, type RuleConditions } from './rule-conditions.js';
import { throwIfCancelled } from '../lifecycle/side-connection.js';

/** What one rule deleted. */
export interface RetentionRuleResult {
  readonly name: string;
  readonly rows: number;
}

/** What a run of retention did. */
export interface RetentionResult {
  /** What to undo it by; absent when nothing went into the trash. */
  readonly id?: string;
  /** Rules that deleted something, in the order of the policy. */
  readonly rules: readonly RetentionRuleResult[];
  readonly rows: number;
  /** What was in the trash for longer than the policy says. */
  readonly dropped: DroppedTrash;
}

/**
 * Deletes what a policy says, rule by rule, in steps of a fraction of a second between which other
 * writes go on. Deleted rows wait in the trash for the policy's time.
 *
 * @throws {StorageError} `STORAGE_CANCELLED` between two steps; what they did stays done
 */
export async function applyRetention(
  store: Store,
  policy: RetentionPolicy,
  { onProgress, signal }: TaskOptions,
): Promise<RetentionResult> {
  const plan = await planRetention(store, policy);
  const id = policy.trashMs > 0 && plan.rows > 0 ? await newRunId(store, plan.at) : undefined;
  const report = progressOf(plan, onProgress);
  const rules: RetentionRuleResult[] = [];
  for (const [index, conditions] of ruleConditions(policy.rules, plan.at).entries()) {
    const rule = plan.rules[index]!;
    if (rule.rows === 0) continue;
    let rows = 0;
    for (const deletion of deletionsOf(conditions, rule, plan, id)) {
      rows += await deleteAll(store, deletion, { signal, report });
    }
    rules.push({ name: rule.name, rows });
  }
  const dropped = await dropTrashBefore(store, new Date(plan.at.getTime() - policy.trashMs));
  const rows = rules.reduce((total, rule) => total + rule.rows, 0);
  return { ...(id ? { id } : {}), rules, rows, dropped };
}

/** Deletes step by step until nothing is left. @returns rows deleted */
export async function deleteAll(
  store: Store,
  deletion: Deletion,
  options: {
    readonly signal: AbortSignal | undefined;
    readonly report?: (rows: number) => void;
  },
): Promise<number> {
  let rows = 0;
  for (;;) {
    throwIfCancelled(options.signal);
    const deleted = await deleteStep(store, deletion);
    rows += deleted;
    options.report?.(deleted);
    if (deleted < deletion.table.stepRows) return rows;
  }
}

function deletionsOf(
  { rule, expired }: RuleConditions,
  { name }: RetentionPlanRule,
  { at }: RetentionPlan,
  runId: string | undefined,
): Deletion[] {
  if (!expired) return [];
  const { age, tables } = retainedTableInfos[rule.table];
  return tables.map((table) => ({
    table,
    age,
    condition: expired.condition,
    trash: runId === undefined ? undefined : { runId, rule: name, deletedAt: at },
  }));
}

/** `20260131-235959`, UTC, and a number after it where that one is taken. */
async function newRunId(store: Store, at: Date): Promise<string> {
  const base = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const [taken] = await store
    .readers()
    .query(
      'SELECT count(DISTINCT run_id) AS n FROM retention_trash WHERE run_id = ? OR starts_with(run_id, ?)',
      [base, `${base}-`],
    );
  const n = taken!['n'] as number;
  return n === 0 ? base : `${base}-${n + 1}`;
}

function progressOf(
  { rows: total }: RetentionPlan,
  onProgress: ((progress: Progress) => void) | undefined,
): (rows: number) => void {
  let done = 0;
  return (rows) => {
    done += rows;
    onProgress?.({ phase: 'delete', done, total, unit: 'rows' });
  };
}
