import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir, type ProcessHarness } from '@coral/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../src/index.js';
import { Oracle } from '../torture/oracle.js';
import { buildProgram } from './support/build-program.js';
import { differingLookUps } from './support/look-ups.js';

const colonyId = 'stopped-dev';
const noon = Date.UTC(2026, 0, 10, 12);
/** A minute with CORAL_STOPPED_SECONDS=60. */
const stoppedMs = Number(process.env['CORAL_STOPPED_SECONDS'] ?? 2) * 1000;

describe(`a colony that is stopped for ${stoppedMs / 1000} seconds in the middle of its work`, () => {
  const dir = useTempDir();
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('busy-writer', 'torture');
  });

  const acknowledged = (child: ProcessHarness) => child.stdout.match(/^ack /gm)?.length ?? 0;

  it('keeps its file meanwhile, goes on afterwards, and loses nothing', async () => {
    const child = await spawnProcess({
      command: process.execPath,
      args: [program, dir.path, colonyId, '1', String(noon), '1'],
      env: cleanEnv({ home: dir.path }),
    });
    await child.waitForOutput(/^ack /m, { timeoutMs: 60_000 });
    child.signal('SIGSTOP');
    await expect(openDatabase({ storagePath: dir.path, colonyId })).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      details: { pid: child.pid },
    });
    await sleep(stoppedMs);
    const before = acknowledged(child);
    child.signal('SIGCONT');
    await child.waitForOutput(() => acknowledged(child) > before + 20, { timeoutMs: 60_000 });
    await child.kill9();
    expect(child.stderr).toBe('');

    const oracle = new Oracle();
    oracle.read(child.stdout);
    const database = await openDatabase({ storagePath: dir.path, colonyId, now: () => noon });
    expect(await oracle.disagreements(database)).toEqual([]);
    expect(await differingLookUps(database)).toEqual([]);
    await database.close();
  }, 180_000);
});
