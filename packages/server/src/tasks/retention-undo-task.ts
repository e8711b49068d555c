import { invalidInput, taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Brings back what a run of retention deleted. */
export const retentionUndoTask = defineTask({
  name: 'retention-undo',
  parse: (body) => {
    const id = taskInput(body, ['id', 'hold_ms']).text('id');
    const { hold_ms: holdMs } = body;
    if (holdMs === undefined || (Number.isSafeInteger(holdMs) && (holdMs as number) >= 0)) {
      return { id, holdMs: holdMs as number | undefined };
    }
    throw invalidInput('hold_ms', 'must be a whole number from 0');
  },
  run: async ({ database, logger }, { id, holdMs }, options) => {
    const result = await database.undoRetention(id, { ...options, holdMs });
    logger.info({ ...result }, 'a run of retention was undone');
    return {
      id,
      rows: result.rows,
      outdated: result.outdated,
      held_until: result.heldUntil.toISOString(),
    };
  },
});
