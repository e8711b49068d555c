import { resolveColony } from '../colony/resolve-colony.js';
import { retentionPolicyInput } from '../colony/retention-policy.js';
import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { canAsk, confirm } from '../confirm.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderDone, renderRows } from '../render/render.js';
import { retentionPlanView } from '../render/retention-plan-view.js';
import { formatDuration, formatRows } from '../render/units.js';
import { askForPlan } from './colony-retention-plan.js';

/** `coral colony retention apply` */
export interface ColonyRetentionApplyInput extends Record<string, unknown> {
  readonly colony?: string;
  readonly yes?: boolean;
}

interface ApplyAnswer {
  readonly id: string | null;
  readonly rows: number;
}

/**
 * Deletes what is older than retention says. On a terminal it shows what, and asks; elsewhere nobody
 * could answer, and the running colony does the same by itself every hour.
 */
export async function colonyRetentionApply(
  context: CommandContext,
  { colony, yes }: ColonyRetentionApplyInput,
): Promise<number> {
  const config = await resolveColony(context, { colony });
  const { trashMs } = config.storage;
  if (yes !== true && canAsk(context)) {
    const plan = await askForPlan(context, colony);
    await renderRows(context, retentionPlanView(plan));
    const back = trashMs === 0 ? 'for good' : `to bring back for ${formatDuration(trashMs)}`;
    const isMeant =
      plan.rows === 0 || (await confirm(context, `Delete ${formatRows(plan.rows)}, ${back}?`));
    if (!isMeant) {
      await renderDone(context, { text: 'Nothing was deleted.', json: { id: null, rows: 0 } });
      return exitCodes.ok;
    }
  }
  const answer = await runTask<ApplyAnswer>(context, {
    name: 'retention-apply',
    colony,
    input: retentionPolicyInput(config),
  });
  await renderDone(context, { text: describe(answer), json: answer as unknown as JsonObject });
  return exitCodes.ok;
}

function describe({ id, rows }: ApplyAnswer): string {
  if (rows === 0) return 'Nothing is older than retention says.';
  if (id === null) return `Deleted ${formatRows(rows)} for good.`;
  return `Deleted ${formatRows(rows)}. Undo it: coral colony retention undo ${id}`;
}
