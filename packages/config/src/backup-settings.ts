import { expandPath } from './expand-path.js';
import { mergedValue } from './merge-tiers.js';
import type { MergedSettings } from './merge-tiers.js';
import { parseBackupSchedule } from './parse-backup-schedule.js';
import type { BackupSchedule } from './parse-backup-schedule.js';
import { parseKeptBackups } from './parse-kept-backups.js';
import type { KeptBackups } from './parse-kept-backups.js';
import { present } from './present.js';
import type { SettingValues } from './settings.js';

/** How a running colony backs itself up. */
export interface BackupSettings {
  /** Absent: not by itself. */
  readonly schedule?: BackupSchedule;
  /** Absolute; need not exist yet. */
  readonly directory: string;
  readonly keep: KeptBackups;
  /** Absolute. Absent: the backups are not encrypted, unless the environment holds a key. */
  readonly keyFile?: string;
}

/** Relative paths are relative to `from`, a leading `~` is `homeDir`. */
export function backupSettings(
  merged: MergedSettings,
  options: { readonly storagePath: string; readonly from: string; readonly homeDir: string },
): BackupSettings {
  const schedule = mergedValue(merged, 'backup.schedule');
  const keyFile = mergedValue(merged, 'backup.key_file');
  // The default is beside the database, wherever that is.
  const directory = mergedValue(merged, 'backup.directory');
  return {
    ...present({
      schedule: schedule === undefined ? undefined : parseBackupSchedule(schedule),
      keyFile: keyFile === undefined ? undefined : expandPath(keyFile, options),
    }),
    directory:
      directory === undefined
        ? expandPath('backups', { ...options, from: options.storagePath })
        : expandPath(directory, options),
    keep: keptBackups(mergedValue(merged, 'backup.keep')!),
  };
}

function keptBackups(value: SettingValues['backup.keep']): KeptBackups {
  if (typeof value === 'string') return parseKeptBackups(value)!;
  return { daily: value.daily ?? 0, weekly: value.weekly ?? 0 };
}
