import { readRetentionPolicyInput, retentionPolicyFields } from './retention-policy-input.js';
import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Deletes what a policy says, into the trash. */
export const retentionApplyTask = defineTask({
  name: 'retention-apply',
  parse: (body) => {
    taskInput(body, retentionPolicyFields);
    return readRetentionPolicyInput(body);
  },
  run: async ({ database, logger }, policy, options) => {
    const { id, rules, rows, dropped } = await database.applyRetention(policy, options);
    logger.info({ id, rows }, 'retention was applied on request');
    return {
      id: id ?? null,
      rows,
      rules: rules.map((one) => ({ rule: one.name, rows: one.rows })),
      dropped: { ...dropped },
    };
  },
});
