import { existsSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openDatabase } from '../../src/index.js';
import { numberPoints } from '../support/number-points.js';
import { say } from '../support/say-outcome.js';

/**
 * Sends points until the small file system it is given is full, and says, a line of JSON each, what the
 * store then does. Arguments: the file system's root; `go on`, or `reopen` before there is space again; points of a
 * request; how much space there is for them, in bytes.
 */
const [root, what, points, space] = process.argv.slice(2) as [string, string, string, string];
const ballast = path.join(root, 'ballast');
const work = path.join(root, 'store', 'full-dev.work');
const options = { storagePath: path.join(root, 'store'), colonyId: 'full-dev' };
const firstMs = Date.now() - 600_000;
const perRequest = Number(points);

let database = await openDatabase(options);
let sent = 0;
const acknowledged: number[] = [];
await send();
const { bavail, bsize } = statfsSync(root);
writeFileSync(ballast, Buffer.alloc(bavail * bsize - Number(space)));

await say('fill', async () => {
  for (;;) await send();
});
await say('send', send);
await say('read', lost);
await say('on their way', () => (existsSync(work) ? readdirSync(work) : []));
if (what === 'reopen') {
  await say('close', () => database.close());
  rmSync(ballast);
  database = await openDatabase(options);
} else rmSync(ballast);
await say('send again', send);
await say('read again', lost);
await say('close again', () => database.close());
database = await openDatabase(options);
await say('reopened', async () => [database.recovery.clean, await lost()]);
await database.close();

async function send(): Promise<void> {
  const request = sent;
  sent += 1;
  const points = Array.from({ length: perRequest }, (_, n) => ({
    timeMs: firstMs + request * perRequest + n,
    value: request,
  }));
  const result = await database.appendPoints(
    numberPoints({ serviceId: 'checkout', metricName: 'queue.length', kind: 'gauge' }, points),
  );
  if (result.accepted === perRequest) acknowledged.push(request);
}

/** How many acknowledged requests lack points, and how many have some twice. */
async function lost(): Promise<[number, number]> {
  const { rows } = await database.queryReadOnly(
    'SELECT value, count(*) FROM points GROUP BY value',
  );
  const found = new Map<number, number>();
  for await (const batch of rows) {
    for (const [request, count] of batch) found.set(request as number, count as number);
  }
  return [
    acknowledged.filter((request) => found.get(request) !== perRequest).length,
    [...found.values()].filter((count) => count > perRequest).length,
  ];
}
