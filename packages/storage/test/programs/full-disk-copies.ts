import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { compactDatabase, openDatabase, type Progress } from '../../src/index.js';
import { say } from '../support/say-outcome.js';

/**
 * Lets the small file system it is given run full while copies are made on it, and says, a line of
 * JSON each, what the store then does. Argument: the file system's root.
 */
const [root] = process.argv.slice(2) as [string];
const ballast = path.join(root, 'ballast');
const colony = { storagePath: path.join(root, 'store'), colonyId: 'full-dev' };
const output = path.join(root, 'backup');
const event = { serviceId: 'checkout', eventType: 'deploy' };

const database = await openDatabase(colony);
let acknowledged = 0;
for (let round = 0; round < 20; round += 1) {
  const details = () => ({ text: randomBytes(1_000).toString('base64') });
  const ids = await database.recordEvents(
    Array.from({ length: 500 }, () => ({ ...event, details: details() })),
  );
  acknowledged += ids.length;
}
await database.checkpoint();

fill(1_000_000);
await say('no room for a backup', () => database.backup({ output }));
await say('no room for a snapshot', () => database.snapshot());
empty();
for (const phase of ['count', 'verify', 'write']) {
  await say(`full in ${phase}`, () => database.backup({ output, onProgress: fillAt(phase) }));
  await say('read', () => isAll());
  empty();
  await say('write again', async () => {
    acknowledged += (await database.recordEvents([event])).length;
  });
  await say('checkpoint', () => database.checkpoint());
}
await say('state', () => database.state);
await say('backup with room', () => database.backup({ output }).then(() => undefined));
rmSync(output);
await say('close', () => database.close());

await say('compact, full in count', () =>
  compactDatabase({ ...colony, onProgress: fillAt('count') }),
);
empty();
await say('compact with room', () => compactDatabase(colony).then(() => undefined));
await say('reopened', async () => {
  await using again = await openDatabase(colony);
  const { events } = (await again.stats()).tables as { events: number };
  return again.recovery.clean && events === acknowledged;
});
await say('files', () => readdirSync(colony.storagePath).sort());

function fill(leaveBytes: number): void {
  const { bavail, bsize } = statfsSync(root);
  writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
}

function empty(): void {
  rmSync(ballast, { force: true });
}

function fillAt(phase: string) {
  return (progress: Progress) => {
    if (progress.phase === phase) fill(progress.done === 0 ? 200_000 : 0);
  };
}

async function isAll(): Promise<boolean> {
  return (await database.listEvents({ limit: 1_000_000 })).length === acknowledged;
}
