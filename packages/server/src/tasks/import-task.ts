import { exchangeFormats, exchangeTableNames } from '@coral/storage';
import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Reads an export back; `input` is a path where the colony runs. */
export const importTask = defineTask({
  name: 'import',
  parse: (body) => {
    const input = taskInput(body, ['input', 'table', 'format']);
    return {
      input: input.path('input'),
      table: input.optionalWord('table', exchangeTableNames),
      format: input.optionalWord('format', exchangeFormats),
    };
  },
  run: async ({ database }, input, options) => {
    const { durationMs, ...result } = await database.importTable({ ...input, ...options });
    return { ...result, duration_ms: Math.round(durationMs) };
  },
});
