import { resolveColony } from '../colony/resolve-colony.js';
import { runTask } from '../colony/run-task.js';
import type { CommandContext } from '../command-context.js';
import { exitCodes } from '../exit-codes.js';
import type { JsonObject } from '../render/json.js';
import { renderDone } from '../render/render.js';
import { formatRows, formatTime } from '../render/units.js';

/** `coral colony retention undo` */
export interface ColonyRetentionUndoInput extends Record<string, unknown> {
  readonly id: string;
  readonly colony?: string;
}

interface UndoAnswer {
  readonly rows: number;
  readonly outdated: number;
  readonly held_until: string;
}

/** Brings back what a run of retention deleted. */
export async function colonyRetentionUndo(
  context: CommandContext,
  { id, colony }: ColonyRetentionUndoInput,
): Promise<number> {
  const { trashMs } = (await resolveColony(context, { colony })).storage;
  const answer = await runTask<UndoAnswer>(context, {
    name: 'retention-undo',
    colony,
    input: { id, ...(trashMs === 0 ? {} : { hold_ms: trashMs }) },
  });
  const { rows, outdated, held_until: heldUntil } = answer;
  const newer =
    outdated === 0 ? '' : ` Written again since, and left as they are: ${formatRows(outdated)}.`;
  await renderDone(context, {
    text: `Brought back ${formatRows(rows)}.${newer} Nothing is deleted by age until ${formatTime(new Date(heldUntil))}, unless you apply retention.`,
    json: answer as unknown as JsonObject,
  });
  return exitCodes.ok;
}
