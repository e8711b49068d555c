import { parseDuration } from './parse-duration.js';

/** When a running colony backs itself up. */
export type BackupSchedule =
  | {
      /** Milliseconds from one backup to the next. */
      readonly everyMs: number;
    }
  | {
      /** Once a day: minutes after midnight, UTC. */
      readonly dailyAtMinute: number;
    };

/** Less than this between two backups is a slip of the pen. */
const LEAST_MS = 60_000;
const DAILY = /^daily\s+([01]\d|2[0-3]):([0-5]\d)$/;

/** Reads `24h` or `daily 02:00` (UTC); `undefined` when it is neither. */
export function parseBackupSchedule(text: string): BackupSchedule | undefined {
  const [, hours, minutes] = DAILY.exec(text.trim()) ?? [];
  if (hours !== undefined) return { dailyAtMinute: Number(hours) * 60 + Number(minutes) };
  const everyMs = parseDuration(text);
  return everyMs === undefined || everyMs < LEAST_MS ? undefined : { everyMs };
}
