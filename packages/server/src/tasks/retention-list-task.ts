import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Lists the runs of retention that can be undone. */
export const retentionListTask = defineTask({
  name: 'retention-list',
  brief: true,
  parse: (body) => {
    taskInput(body, []);
  },
  run: async ({ database }) => {
    const runs = await database.listTrash();
    return {
      runs: runs.map(({ id, deletedAt, rows, bytes, parts }) => ({
        id,
        deleted_at: deletedAt.toISOString(),
        rows,
        bytes,
        parts: parts.map((part) => ({
          ...part,
          oldest: part.oldest.toISOString(),
          newest: part.newest.toISOString(),
        })),
      })),
    };
  },
});
