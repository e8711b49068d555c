import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/index.js';
import { manyPoints } from '../support/many-points.js';

/**
 * Sends large requests over a few lanes until it is killed or done; says which are acknowledged.
 * Arguments: storage path, time of the first point in ms, numbers of requests, comma-separated.
 */
const [storagePath, firstMs, order] = process.argv.slice(2) as [string, string, string];

const database = await openDatabase({ storagePath, colonyId: 'my-shop-dev' });
const requests = order.split(',').map(Number);
let acknowledged = 0;
await Promise.all(
  [0, 1, 2].map(async () => {
    for (let n = requests.shift(); n !== undefined; n = requests.shift()) {
      for (const points of manyPoints(Number(firstMs), n)) await database.appendPoints(points);
      acknowledged += 1;
      writeSync(1, `ack ${n} #${acknowledged}\n`);
    }
  }),
);
