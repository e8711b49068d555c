import { writeSync } from 'node:fs';
import path from 'node:path';
import { compactDatabase, openDatabase, restoreDatabase } from '../../src/index.js';
import { watchSteps } from '../support/watch-steps.js';

export type Task = 'backup' | 'snapshot' | 'restore' | 'compact' | 'leave a log';

/**
 * Does one task on a colony's file; says each of its steps before it, and `done` when it came through.
 * `leave a log` records an event and dies, so that the event stands in the log alone.
 *
 * Arguments: the folder, the task; then what {@link watchSteps} takes, for the folder.
 */
const [folder, task, fatalStepOrCopies = '0'] = process.argv.slice(2) as [string, Task, string];
const colony = { storagePath: folder, colonyId: 'killed-dev' };
const watch = () => watchSteps(folder, fatalStepOrCopies);

switch (task) {
  case 'restore':
    watch();
    await restoreDatabase({
      ...colony,
      input: path.join(folder, 'backup'),
      now: () => Date.UTC(2026, 0, 31),
    });
    break;
  case 'compact':
    watch();
    await compactDatabase(colony);
    break;
  default: {
    const database = await openDatabase(colony);
    if (task === 'leave a log') {
      await database.recordEvent({ serviceId: 'cart', eventType: 'in the log' });
      process.kill(process.pid, 'SIGKILL');
    }
    watch();
    if (task === 'backup') await database.backup({ output: path.join(folder, 'new-backup') });
    else await database.snapshot();
    await database.close();
  }
}
writeSync(1, 'done\n');
