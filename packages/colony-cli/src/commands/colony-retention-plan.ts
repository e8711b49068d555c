import { resolveColony } from '../colony/resolve-colony.js';
import { retentionPolicyInput } from '../colony/retention-policy.js';
import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import { remark, renderRows } from '../render/render.js';
import { retentionPlanView, type RetentionPlanAnswer } from '../render/retention-plan-view.js';

/** `coral colony retention plan` */
export interface ColonyRetentionInput extends Record<string, unknown> {
  readonly colony?: string;
}

/** Shows, rule by rule, what retention would delete now. */
export async function colonyRetentionPlan(
  context: CommandContext,
  { colony }: ColonyRetentionInput,
): Promise<number> {
  const plan = await askForPlan(context, colony);
  await renderRows(context, retentionPlanView(plan));
  if (plan.rows > 0) await remark(context, 'Delete them: coral colony retention apply');
  return exitCodes.ok;
}

/** What the configuration of the colony would delete now. */
export async function askForPlan(
  context: CommandContext,
  colony: string | undefined,
): Promise<RetentionPlanAnswer> {
  const config = await resolveColony(context, { colony });
  return runTask(context, {
    name: 'retention-plan',
    quiet: true,
    colony,
    input: retentionPolicyInput(config),
  });
}
