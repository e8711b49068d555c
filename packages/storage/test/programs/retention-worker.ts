import { writeSync } from 'node:fs';
import { openDatabase, type RetentionPolicy } from '../../src/index.js';

/**
 * Deletes everything by age and brings it back, again and again until it is killed.
 * Arguments: storage path, colony id, the time now (ms since the epoch).
 */
const [storagePath, colonyId, now] = process.argv.slice(2) as [string, string, string];
const keepMs = 86_400_000;
const policy: RetentionPolicy = {
  trashMs: 7 * keepMs,
  rules: [
    { table: 'metric_summaries', keepMs },
    { table: 'events', keepMs },
    { table: 'insights', keepMs },
  ],
};
const database = await openDatabase({ storagePath, colonyId, now: () => Number(now) });
const onProgress = ({ phase }: { readonly phase: string }) => say(phase);
say('ready');
for (;;) {
  for (const { id } of await database.listTrash()) await database.undoRetention(id, { onProgress });
  await database.applyRetention(policy, { onProgress });
}

function say(what: string): void {
  // Synchronous: what was said before the kill must have left the process.
  writeSync(1, `${what}\n`);
}
