import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Runs all background work that is due. */
export const maintainTask = defineTask({
  name: 'maintain',
  parse: (body) => taskInput(body, []),
  run: async ({ database }, _input, options) => {
    const { jobs } = await database.maintain(options);
    return {
      jobs: jobs.map(({ name, durationMs, ...figures }) => ({
        name,
        duration_ms: Math.round(durationMs),
        ...figures,
      })),
    };
  },
});
