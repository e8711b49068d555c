import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/index.js';
import { appendAll, fiveMinutes, midnight, minute } from '../support/five-minutes.js';

/**
 * Appends five minutes of points out of every 25, and rolls them up, until it is killed; says which
 * five minutes are acknowledged. Its clock is that of the points: every third closes an hour.
 *
 * Arguments: storage path, colony id, the five minutes to begin with.
 */
const [storagePath, colonyId, first] = process.argv.slice(2) as [string, string, string];

let n = Number(first);
const now = () => midnight + (n + 1) * 5 * minute;
const database = await openDatabase({ storagePath, colonyId, now });
writeSync(1, 'ready\n');
for (; ; n += 5) {
  await appendAll(database, fiveMinutes(n));
  writeSync(1, `ack ${n}\n`);
  await database.summarise();
  await database.rollUp();
}
