import type { BackupKey } from '@coral/storage';
import type { TaskInput } from './task-input.js';
import { invalidInput } from './task-input.js';

/** The key of a backup: in a file where the colony runs, or as it is. Undefined: not encrypted. */
export function readBackupKeyInput(input: TaskInput): BackupKey | undefined {
  const file = input.optionalPath('key_file');
  const hex = input.optionalText('key');
  if (file !== undefined && hex !== undefined) {
    throw invalidInput('key', 'and key_file cannot both be given');
  }
  if (file !== undefined) return { file };
  return hex === undefined ? undefined : { hex };
}
