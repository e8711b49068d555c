import { ServerError } from '../errors.js';
import { backupTask } from './backup-task.js';
import { doctorTask } from './doctor-task.js';
import { exportTask } from './export-task.js';
import { importTask } from './import-task.js';
import { insightEndTask } from './insight-end-task.js';
import { insightWhyTask } from './insight-why-task.js';
import { maintainTask } from './maintain-task.js';
import { repairTask } from './repair-task.js';
import { retentionApplyTask } from './retention-apply-task.js';
import { retentionForecastTask } from './retention-forecast-task.js';
import { retentionListTask } from './retention-list-task.js';
import { retentionPlanTask } from './retention-plan-task.js';
import { retentionUndoTask } from './retention-undo-task.js';
import { snapshotTask } from './snapshot-task.js';
import type { AnyTask } from './task.js';

/** Every task, listed by hand. */
export const tasks: readonly AnyTask[] = [
  backupTask,
  doctorTask,
  exportTask,
  importTask,
  insightEndTask,
  insightWhyTask,
  maintainTask,
  repairTask,
  retentionApplyTask,
  retentionForecastTask,
  retentionListTask,
  retentionPlanTask,
  retentionUndoTask,
  snapshotTask,
];

/** @throws {ServerError} `SERVER_TASK_UNKNOWN` naming the tasks there are */
export function findTask(name: string): AnyTask {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  throw new ServerError('SERVER_TASK_UNKNOWN', `There is no task ${name.slice(0, 100)}.`, {
    details: { tasks: tasks.map((candidate) => candidate.name) },
  });
}
