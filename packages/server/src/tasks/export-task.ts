import { exchangeFormats, exchangeTableNames } from '@coral/storage';
import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Writes a table to a file; `output` is a path where the colony runs, or absent: see `exportTable`. */
export const exportTask = defineTask({
  name: 'export',
  parse: (body) => {
    const fields = [
      'table',
      'format',
      'from',
      'to',
      'where',
      'output',
      'partition_by',
      'overwrite',
    ];
    const input = taskInput(body, fields);
    return {
      table: input.word('table', exchangeTableNames),
      format: input.word('format', exchangeFormats),
      from: input.optionalTime('from'),
      to: input.optionalTime('to'),
      where: input.optionalText('where'),
      output: input.optionalPath('output'),
      partitionBy: input.optionalWord('partition_by', ['day'] as const),
      overwrite: input.flag('overwrite'),
    };
  },
  run: async ({ database }, input, options) => {
    const { schemaFile, sizeBytes, durationMs, ...result } = await database.exportTable({
      ...input,
      ...options,
    });
    return {
      ...result,
      ...(schemaFile === undefined ? {} : { schema_file: schemaFile }),
      size_bytes: sizeBytes,
      duration_ms: Math.round(durationMs),
    };
  },
});
