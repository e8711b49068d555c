import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/index.js';
import { spanChunksOf, spanStreamNow } from '../support/span-stream.js';

/**
 * Sends requests of a stream of spans, in the order that its arguments give, computing connections and
 * summaries in between, until it is killed or done; says which requests are acknowledged.
 *
 * Arguments: storage path, colony id, seed of the stream, numbers of requests, comma-separated.
 */
const [storagePath, colonyId, seed, order] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];

const chunks = spanChunksOf(Number(seed));
const database = await openDatabase({ storagePath, colonyId, now: () => spanStreamNow });
const computing = (async () => {
  for (;;) {
    await database.connectServices();
    await database.summarise({ paced: true });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
})();
// It ends with the process, by an error of closing.
computing.catch(() => undefined);
let acknowledged = 0;
for (const n of order.split(',').filter((text) => text !== '')) {
  await database.appendSpans(chunks[Number(n)]!);
  acknowledged += 1;
  writeSync(1, `ack ${n} #${acknowledged}\n`);
}
writeSync(1, 'done\n');
