import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Says what is wrong with the colony; the paths are where the colony runs. */
export const doctorTask = defineTask({
  name: 'doctor',
  parse: (body) => {
    const input = taskInput(body, ['backup_folder', 'private_file']);
    return {
      backupFolder: input.optionalPath('backup_folder'),
      privateFile: input.optionalPath('private_file'),
    };
  },
  run: async ({ database }, { backupFolder, privateFile }) => {
    const privateFiles = privateFile === undefined ? [] : [privateFile];
    return { findings: await database.diagnose({ backupFolder, privateFiles }) };
  },
});
