import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Makes indexes anew that are missing or find other rows than a scan. */
export const repairTask = defineTask({
  name: 'repair',
  parse: (body) => taskInput(body, []),
  run: ({ database }) => database.repairIndexes(),
});
