import { readBackupKeyInput } from './backup-key-input.js';
import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Writes a backup; `output` and `key_file` are paths where the colony runs. */
export const backupTask = defineTask({
  name: 'backup',
  parse: (body) => {
    const input = taskInput(body, ['output', 'overwrite', 'key_file', 'key']);
    return {
      output: input.path('output'),
      overwrite: input.flag('overwrite'),
      key: readBackupKeyInput(input),
    };
  },
  run: async ({ database, version }, input, options) => {
    const result = await database.backup({ ...input, coralVersion: version, ...options });
    return {
      output: result.output,
      encrypted: result.encrypted,
      duration_ms: Math.round(result.durationMs),
      manifest: result.manifest,
    };
  },
});
