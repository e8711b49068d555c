import type { BackupKey } from '@coral/storage';
import { resolve } from 'node:path';
import type { CommandContext } from './command-context.js';

/** The key of backups, as a task's input names it; none where there is no key. */
export interface BackupKeyInput {
  key_file?: string;
  key?: string;
}

/** The key of a command, as the fields of a task's input. */
export function backupKeyInput(
  context: CommandContext,
  keyFile: string | undefined,
): BackupKeyInput {
  const key = backupKey(context, keyFile);
  if (key === undefined) return {};
  return 'file' in key ? { key_file: key.file } : { key: key.hex };
}

/**
 * The key of backups: the file that was named, else the environment. It never stands in a command
 * line, which every user of the machine can read.
 */
export function backupKey(
  { io }: CommandContext,
  keyFile: string | undefined,
): BackupKey | undefined {
  if (keyFile !== undefined) return { file: resolve(io.cwd, keyFile) };
  const hex = io.env['CORAL_BACKUP_KEY'];
  return hex === undefined || hex === '' ? undefined : { hex };
}
