import { readRetentionPolicyInput, retentionPolicyFields } from './retention-policy-input.js';
import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Says what a policy would delete now; deletes nothing. */
export const retentionPlanTask = defineTask({
  name: 'retention-plan',
  parse: (body) => {
    taskInput(body, retentionPolicyFields);
    return readRetentionPolicyInput(body);
  },
  run: async ({ database }, policy) => {
    const { at, rules, rows, bytes } = await database.planRetention(policy);
    return {
      at: at.toISOString(),
      rows,
      bytes,
      rules: rules.map((one) => ({
        rule: one.name,
        keep_ms: one.rule.keepMs ?? null,
        cutoff: one.cutoff?.toISOString() ?? null,
        rows: one.rows,
        bytes: one.bytes,
        oldest: one.oldest?.toISOString() ?? null,
      })),
    };
  },
});
