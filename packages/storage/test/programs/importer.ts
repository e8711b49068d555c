import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/index.js';

/** Imports events, and says how far it is. Arguments: storage path, colony id, input. */
const [storagePath, colonyId, input] = process.argv.slice(2) as [string, string, string];
const database = await openDatabase({ storagePath, colonyId });
await database.importTable({
  input,
  table: 'events',
  onProgress: ({ phase, done }) => writeSync(1, `${phase} ${done}\n`),
});
writeSync(1, 'imported\n');
await database.close();
