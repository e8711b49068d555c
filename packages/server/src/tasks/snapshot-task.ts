import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Publishes the snapshot file beside the database. */
export const snapshotTask = defineTask({
  name: 'snapshot',
  parse: (body) => taskInput(body, []),
  run: async ({ database }, _input, options) => {
    const { path, sizeBytes, createdAt, durationMs } = await database.snapshot(options);
    return {
      path,
      size_bytes: sizeBytes,
      created_at: createdAt.toISOString(),
      duration_ms: Math.round(durationMs),
    };
  },
});
