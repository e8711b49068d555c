import { writeSync } from 'node:fs';
import path from 'node:path';
import { compactDatabase, openDatabase, restoreDatabase } from '../../src/index.js';
import { dieAtStep } from '../support/die-at-step.js';

export type Task = 'backup' | 'snapshot' | 'restore' | 'compact' | 'leave a log';

/**
 * Does one task on a colony's file and kills itself at one of its steps; says `done` when it came
 * through. `leave a log` records an event and dies, so that the event stands in the log alone.
 *
 * Arguments: the folder, the task, the step's number from 1, `before` it or `during` it.
 */
const [folder, task, fatalStep, when] = process.argv.slice(2) as [
  string,
  Task,
  string,
  'before' | 'during',
];
const colony = { storagePath: folder, colonyId: 'killed-dev' };

switch (task) {
  case 'restore':
    dieAtStep(Number(fatalStep), when);
    await restoreDatabase({
      ...colony,
      input: path.join(folder, 'backup'),
      now: () => Date.UTC(2026, 0, 31),
    });
    break;
  case 'compact':
    dieAtStep(Number(fatalStep), when);
    await compactDatabase(colony);
    break;
  default: {
    const database = await openDatabase(colony);
    if (task === 'leave a log') {
      await database.recordEvent({ serviceId: 'cart', eventType: 'in the log' });
      process.kill(process.pid, 'SIGKILL');
    }
    dieAtStep(Number(fatalStep), when);
    if (task === 'backup') await database.backup({ output: path.join(folder, 'new-backup') });
    else await database.snapshot();
    await database.close();
  }
}
writeSync(1, 'done\n');
