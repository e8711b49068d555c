import { rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { isStorageError, openDatabase } from '../../src/index.js';

/**
 * Comes near the end of the small file system it is given and says, a line of JSON each, what a store
 * with a free-disk limit then does. Argument: the file system's root.
 */
const root = process.argv[2]!;
const ballast = path.join(root, 'ballast');
const minFreeDiskBytes = 64 * 1024 ** 2;
const day = 86_400_000;
const options = { storagePath: path.join(root, 'store'), colonyId: 'short-dev', minFreeDiskBytes };
const details = { text: 'x'.repeat(50_000) };

let database = await openDatabase(options);
await database.recordEvent({
  serviceId: 'a',
  eventType: 'old',
  timestamp: new Date(Date.now() - 2 * day),
});
const policy = { trashMs: day, rules: [{ table: 'events', keepMs: day }] } as const;
const { id } = await database.applyRetention(policy);
leaveFree(minFreeDiskBytes + 2 * 1024 ** 2);
let acknowledged = 0;
await say('fill', async () => {
  // As fast as it can: 2.5 MB in each write, and several at once.
  const events = Array.from({ length: 50 }, () => {
    return { serviceId: 'checkout', eventType: 'deploy', details };
  });
  for (;;) {
    const writes = await Promise.allSettled(
      Array.from({ length: 8 }, () => database.recordEvents(events)),
    );
    acknowledged += writes.filter(({ status }) => status === 'fulfilled').length * events.length;
    const refused = writes.find((write) => write.status === 'rejected');
    if (refused) throw refused.reason;
  }
});
say('left free', free() > minFreeDiskBytes / 2);
await say('read', isAllThere);
await say('undo', () => database.undoRetention(id!));
await say('room', async () => (await database.room()).refuses);
await say('checkpoint', () => database.checkpoint());
leaveFree(minFreeDiskBytes / 8);
await say('checkpoint nearly full', () => database.checkpoint());
await say('read nearly full', isAllThere);
rmSync(ballast);
await new Promise((resolve) => setTimeout(resolve, 1_100));
await say('write again', async () => {
  acknowledged += (await database.recordEvents([{ serviceId: 'checkout', eventType: 'last' }]))
    .length;
});
leaveFree(minFreeDiskBytes - 1024 ** 2);
await say('open short', async () => {
  await database.close();
  database = await openDatabase(options);
  return database.recovery.clean;
});
await say('keep room', async () => {
  const { room, trash } = await database.keepRoom();
  return [room.refuses, trash?.files];
});
await say('read at last', isAllThere);
rmSync(ballast);
await database.close();

function free(): number {
  const { bavail, bsize } = statfsSync(root);
  return bavail * bsize;
}

function leaveFree(bytes: number): void {
  rmSync(ballast, { force: true });
  writeFileSync(ballast, Buffer.alloc(free() - bytes));
}

async function isAllThere(): Promise<boolean> {
  const found = await database.listEvents({ serviceId: 'checkout', limit: 1_000_000 });
  return found.length === acknowledged;
}

async function say(step: string, act: unknown): Promise<void> {
  let outcome: unknown;
  try {
    outcome = (typeof act === 'function' ? await (act as () => unknown)() : act) ?? 'done';
  } catch (reason) {
    outcome = isStorageError(reason)
      ? [reason.code, reason.details['fatal'] ?? false]
      : String(reason);
  }
  writeSync(1, `${JSON.stringify([step, outcome])}\n`);
}
