import { readdirSync, rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isStorageError, openDatabase } from '../../src/index.js';

/**
 * Fills the small file system it is given and says, a line of JSON each, what the store then does.
 * Arguments: the file system's root; `write`, `close` or `checkpoint`, what is done when it is full.
 */
const [root, what] = process.argv.slice(2) as [string, 'write' | 'close' | 'checkpoint'];
const ballast = path.join(root, 'ballast');
const options = { storagePath: path.join(root, 'store'), colonyId: 'full-dev' };
const event = { serviceId: 'checkout', eventType: 'deploy', details: { text: 'x'.repeat(1000) } };

let database = await openDatabase(options);
const acknowledged: number[] = [await database.recordEvent(event)];
const { bavail, bsize } = statfsSync(root);
writeFileSync(ballast, Buffer.alloc(bavail * bsize - 40_000));

await say('fill', async () => {
  for (;;) acknowledged.push(await database.recordEvent(event));
});
await say('read', async () => isAll(acknowledged));
await say('write', () => database.recordEvent(event));
if (what === 'checkpoint') {
  await say('checkpoint', () => database.checkpoint());
  await say('read lost', () => database.listEvents());
}
if (what !== 'write') {
  await say('close', () => database.close());
  await say('open full', async () => {
    await (await openDatabase(options)).close();
  });
  await say('create full', () => openDatabase({ ...options, colonyId: 'other-dev' }));
  say('files', readdirSync(options.storagePath).sort());
}
rmSync(ballast);
if (what !== 'write') database = await openDatabase(options);
await say('write again', async () => {
  acknowledged.push(await database.recordEvent(event));
});
await say('read again', async () => isAll(acknowledged));
await say('close again', () => database.close());
say('files at the end', readdirSync(options.storagePath).sort());
database = await openDatabase(options);
await say('reopened', async () => database.recovery.clean && (await isAll(acknowledged)));
await database.close();

/** Whether the file holds what was acknowledged: all of it, and nothing else. */
async function isAll(ids: readonly number[]): Promise<boolean> {
  const found = await database.listEvents({ serviceId: 'checkout', limit: 1_000_000 });
  return (
    found
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join() === ids.join()
  );
}

async function say(step: string, act: unknown): Promise<void> {
  let outcome: unknown;
  try {
    outcome = (typeof act === 'function' ? await (act as () => unknown)() : act) ?? 'done';
  } catch (reason) {
    outcome = isStorageError(reason) ? reason.code : String(reason);
  }
  writeSync(1, `${JSON.stringify([step, outcome])}\n`);
}
