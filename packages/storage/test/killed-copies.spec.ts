// Backup, snapshot, restore and compact, cut off before each of their steps and killed with -9 in them.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createTempDir, spawnProcess, useTempDir } from '@coral/testkit';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { openDatabase, restoreDatabase } from '../src/index.js';
import type { Task } from './programs/killed-copy.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';
import { contentOf } from './support/content-of.js';

const template = useTempDir({ per: 'file' });
const colonyId = 'killed-dev';
const atBackup = ['deploy', 'restart'];
/** What was acknowledged, the last of it in the log alone. */
const atKill = [...atBackup, 'after the backup', 'in the log'];
const events = `SELECT event_type FROM events WHERE service_id = 'cart' ORDER BY id`;
let program: string;

/** @param fatalStepOrCopies as the program takes it */
async function run(folder: string, task: Task, fatalStepOrCopies = '0') {
  const child = await spawnProcess({
    command: process.execPath,
    args: [program, folder, task, fatalStepOrCopies],
  });
  const { signal } = await child.waitForExit({ timeoutMs: 60_000 });
  return { wasKilled: signal === 'SIGKILL', output: child.output };
}

beforeAll(async () => {
  program = await buildProgram('killed-copy');
  const database = await openDatabase({ storagePath: template.path, colonyId });
  for (const eventType of atBackup) await database.recordEvent({ serviceId: 'cart', eventType });
  await database.backup({ output: template.file('backup') });
  await database.recordEvent({ serviceId: 'cart', eventType: 'after the backup' });
  await database.close();
  const { wasKilled } = await run(template.path, 'leave a log');
  expect(wasKilled).toBe(true);
  expect(existsSync(template.file(`${colonyId}.duckdb.wal`))).toBe(true);
}, 60_000);

/** What is true of a folder after a task died there. */
interface Aftermath {
  readonly folder: string;
  readonly events: readonly string[];
  readonly files: readonly string[];
}

/**
 * What a kill before each step of a task would leave, looked at once where several leave the same; and
 * what one leaves while a step runs, where it writes much and so can be cut in the middle.
 */
async function* killedAtEachStep(task: Task): AsyncGenerator<Aftermath> {
  await using dir = createTempDir();
  const [whole, copies] = [dir.file('whole'), dir.file('copies')];
  await cp(template.path, whole, { recursive: true });
  await mkdir(copies);
  const { wasKilled, output } = await run(whole, task, copies);
  expect([wasKilled, output]).toEqual([false, expect.stringMatching(/done\n$/)]);
  const steps = output.trimEnd().split('\n').slice(0, -1);
  expect(steps.length).toBeGreaterThan(4);
  const seen = new Set<string>();
  for (const [index, step] of steps.entries()) {
    const before = path.join(copies, String(index + 1));
    const content = await contentOf(before);
    if (!seen.has(content)) yield await lookAt(before);
    seen.add(content);
    if (!/COPY|COMMIT|CHECKPOINT|truncate/.test(step)) continue;
    const during = dir.file(`during-${index}`);
    await cp(template.path, during, { recursive: true });
    expect(await run(during, task, String(index + 1))).toMatchObject({ wasKilled: true });
    yield await lookAt(during);
  }
  expect(seen.size).toBeGreaterThan(3);
}

/** Starts what a kill left, and looks. */
async function lookAt(folder: string): Promise<Aftermath> {
  const database = await openDatabase({ storagePath: folder, colonyId });
  const found = await database.listEvents({ serviceId: 'cart' });
  // In service again: it takes what comes next, and closes in order.
  await database.recordEvent({ serviceId: 'next', eventType: 'deploy' });
  await database.close();
  return {
    folder,
    events: found.sort((a, b) => a.id - b.id).map(({ eventType }) => eventType),
    files: (await readdir(folder)).sort(),
  };
}

describe('a task that is killed', () => {
  it('restore: leaves the old database whole, or the restored one', async () => {
    const outcomes = new Set<string>();
    for await (const { folder, events: found, files } of killedAtEachStep('restore')) {
      outcomes.add(found.join());
      const aside = files.filter((name) => name.includes('.replaced-'));
      const litter = /\.(?:incoming|replacing|partial|json|lock|wal)$/;
      expect(files.filter((name) => litter.test(name) && !aside.includes(name))).toEqual([]);
      if (found.join() === atBackup.join()) {
        const old = path.join(folder, `${colonyId}.replaced-20260131T000000Z.duckdb`);
        expect(await bareDuckdb(old, events)).toEqual(atKill.map((type) => [type]));
      } else {
        expect(aside).toEqual([]);
      }
    }
    expect([...outcomes].sort()).toEqual([atBackup.join(), atKill.join()].sort());
  }, 180_000);

  it('compact: loses nothing', async () => {
    for await (const { events: found, files } of killedAtEachStep('compact')) {
      expect(found).toEqual(atKill);
      expect(files.filter((name) => /\.(?:wal|lock|incoming)$/.test(name))).toEqual([]);
    }
  }, 180_000);

  it('backup: loses nothing, and what has its name can be restored', async () => {
    for await (const { folder, events: found } of killedAtEachStep('backup')) {
      expect(found).toEqual(atKill);
      const input = path.join(folder, 'new-backup');
      if (existsSync(input)) {
        await restoreDatabase({ storagePath: folder, colonyId: 'other-dev', input });
      }
    }
  }, 180_000);

  it('snapshot: loses nothing, and what has its name can be read', async () => {
    for await (const { folder, events: found } of killedAtEachStep('snapshot')) {
      expect(found).toEqual(atKill);
      const snapshot = path.join(folder, `${colonyId}.snapshot.duckdb`);
      if (existsSync(snapshot)) {
        expect(await bareDuckdb(snapshot, events)).toEqual(atKill.map((type) => [type]));
      }
    }
  }, 180_000);
});
