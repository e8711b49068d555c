import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/index.js';

/** Records events, says so, and waits for its end. Arguments: storage path, colony id, how many. */
const [storagePath, colonyId, events] = process.argv.slice(2) as [string, string, string];

const database = await openDatabase({ storagePath, colonyId });
for (let number = 0; number < Number(events); number += 1) {
  await database.recordEvent({ serviceId: `service-${number % 4}`, eventType: 'deploy' });
}
writeSync(1, 'written\n');
setInterval(() => undefined, 60_000);
