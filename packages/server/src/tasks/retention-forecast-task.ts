import type { ForecastTime } from '@coral/storage';
import { readRetentionPolicyInput, retentionPolicyFields } from './retention-policy-input.js';
import { taskInput } from './task-input.js';
import { defineTask } from './task.js';

/** Foresees when the size budget and the disk are used up. */
export const retentionForecastTask = defineTask({
  name: 'retention-forecast',
  parse: (body) => {
    taskInput(body, retentionPolicyFields);
    return readRetentionPolicyInput(body);
  },
  run: async ({ database }, policy) => {
    const { at, room, budget, disk, bytesPerDay, basis } = await database.forecast(policy);
    return {
      at: at.toISOString(),
      used_bytes: room.usedBytes,
      file_bytes: room.fileBytes,
      trash_bytes: room.trashBytes,
      free_bytes: room.freeBytes,
      bytes_per_day: Math.round(bytesPerDay),
      budget:
        budget === undefined
          ? null
          : { max_size_bytes: budget.maxSizeBytes, reached_at: timeText(budget.reachedAt) },
      disk: {
        min_free_disk_bytes: disk.minFreeDiskBytes,
        reached_at: timeText(disk.reachedAt),
      },
      basis: basis.map((one) => ({
        rule: one.name,
        rows: one.rows,
        rows_per_day: Math.round(one.rowsPerDay),
        bytes_per_row: one.bytesPerRow,
        age_ms: one.ageMs,
        keep_ms: one.keepMs ?? null,
      })),
    };
  },
});

function timeText(time: ForecastTime): string {
  return typeof time === 'string' ? time : time.toISOString();
}
