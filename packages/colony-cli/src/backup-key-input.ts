import { resolve } from 'node:path';
import type { CommandContext } from './command-context.js';

/** Fields of a task's input that name the key of a backup; none where there is no key. */
export type BackupKeyInput = { key_file?: string; key?: string };

/**
 * The key of backups: the file that was named, else the environment. It never stands in a command
 * line, which every user of the machine can read.
 */
export function backupKeyInput(
  { io }: CommandContext,
  keyFile: string | undefined,
): BackupKeyInput {
  if (keyFile !== undefined) return { key_file: resolve(io.cwd, keyFile) };
  const key = io.env['CORAL_BACKUP_KEY'];
  return key === undefined || key === '' ? {} : { key };
}
