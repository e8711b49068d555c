import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/index.js';
import { chunksOf, splitNow } from '../support/split-stream.js';

/**
 * Sends requests of a stream of points, in the order that its arguments give, summarising and rolling
 * up in between, until it is killed or done; says which requests are acknowledged.
 *
 * Arguments: storage path, colony id, seed of the stream, numbers of requests, comma-separated.
 */
const [storagePath, colonyId, seed, order] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];

const chunks = chunksOf(Number(seed));
const database = await openDatabase({ storagePath, colonyId, now: () => splitNow });
writeSync(1, 'ready\n');
const summarising = (async () => {
  for (;;) {
    await database.summarise({ paced: true });
    await database.rollUp({ paced: true });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
})();
// It ends with the process, by an error of closing.
summarising.catch(() => undefined);
let acknowledged = 0;
for (const n of order.split(',').filter((text) => text !== '')) {
  await database.appendPoints(chunks[Number(n)]!);
  acknowledged += 1;
  writeSync(1, `ack ${n} #${acknowledged}\n`);
}
writeSync(1, 'done\n');
