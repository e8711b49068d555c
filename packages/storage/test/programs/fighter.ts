import { writeSync } from 'node:fs';
import { isStorageError, openDatabase } from '../../src/index.js';

/**
 * Opens a colony's file whenever it can, writes a few events, says so, and closes it or dies.
 * Arguments: storage path, colony id, a name of its own, how often to open.
 */
const [storagePath, colonyId, name, times] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];

for (let won = 0; won < Number(times);) {
  try {
    const database = await openDatabase({ storagePath, colonyId });
    won += 1;
    for (let number = 0; number < 3; number += 1) {
      const correlationGroup = `${name}-${won}-${number}`;
      await database.recordEvent({ serviceId: name, eventType: 'deploy', correlationGroup });
      writeSync(1, `ack ${correlationGroup}\n`);
    }
    // The last one does not close: whoever comes next takes over.
    if (won === Number(times)) process.kill(process.pid, 'SIGKILL');
    await database.close();
  } catch (reason) {
    if (!isStorageError(reason) || reason.code !== 'STORAGE_LOCKED') throw reason;
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
}
