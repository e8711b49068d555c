import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/index.js';

/** Seals, and says when history is being laid out anew. Arguments: storage path, colony id, its clock (ms). */
const [storagePath, colonyId, nowMs] = process.argv.slice(2) as [string, string, string];
const database = await openDatabase({ storagePath, colonyId, now: () => Number(nowMs) });
await database.seal({
  onProgress: ({ phase, done }) => writeSync(1, `${phase} ${done}\n`),
});
await database.close();
