/** When a running colony backs itself up. */
export type BackupSchedule =
  | {
      /** ms from one backup to the next. */
      readonly everyMs: number;
    }
  | {
      /** Once a day: minutes after midnight, UTC. */
      readonly dailyAtMinute: number;
    };

const dayMs = 86_400_000;

/**
 * Whether a backup is due: the schedule's time has come since the last one, or there is none. A
 * backup that was missed because the colony was stopped is due at its next start.
 *
 * @param madeAt when backups were made, in any order; a clock that was set back does not count those
 *   that are still to come
 */
export function isBackupDue(
  schedule: BackupSchedule,
  madeAt: readonly Date[],
  now: number,
): boolean {
  const last = Math.max(...madeAt.map((time) => time.getTime()).filter((ms) => ms <= now));
  if ('everyMs' in schedule) return now - last >= schedule.everyMs;
  const minuteMs = schedule.dailyAtMinute * 60_000;
  const newestTime = Math.floor((now - minuteMs) / dayMs) * dayMs + minuteMs;
  return last < newestTime;
}
