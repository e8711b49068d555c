import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, eventually, spawnProcess, useTempDir } from '@coral/testkit';
import { openDatabase } from '../src/index.js';
import { wasInUse } from '../torture/was-in-use.js';
import { buildProgram } from './support/build-program.js';

const colonyId = 'kills-dev';
const noon = Date.UTC(2026, 0, 10, 12);

describe('what the torture expects after a kill', () => {
  const dir = useTempDir();
  let program: string;
  beforeAll(async () => {
    program = await buildProgram('busy-writer', 'torture');
  });
  const open = () => openDatabase({ storagePath: dir.path, colonyId, now: () => noon });
  const isNoticed = async () => {
    const database = await open();
    await database.close();
    return !database.recovery.clean;
  };

  /** Starts a writer, kills it once that is so, and gives what it said. */
  async function killWhen(
    isSo: (said: string) => boolean,
    first: 'compact' | 'open',
  ): Promise<string> {
    const child = await spawnProcess({
      command: process.execPath,
      args: [program, dir.path, colonyId, '1', String(noon), '1', first],
      env: cleanEnv({ home: dir.path }),
    });
    await eventually(() => isSo(child.stdout), { timeoutMs: 60_000, intervalMs: 1 });
    expect(await child.kill9()).toMatchObject({ signal: 'SIGKILL' });
    return child.stdout;
  }

  it('that it is noticed, once the writer has opened the file', async () => {
    const said = await killWhen((text) => text.includes('\nack '), 'open');
    expect([wasInUse(dir.path, colonyId, said), await isNoticed()]).toEqual([true, true]);
  }, 90_000);

  it('that it is noticed, in the middle of compacting', async () => {
    await (await open()).close();
    const said = await killWhen(() => wasInUse(dir.path, colonyId, ''), 'compact');
    expect(said).toBe('job {"name":"compact"}\n');
    expect([wasInUse(dir.path, colonyId, said), await isNoticed()]).toEqual([true, true]);
  }, 90_000);

  it.each(['job {"name":"compact"}\n', 'job {"name":"compact"}\nend {"name":"compact"}\n'])(
    'nothing, before compacting or after it: %j',
    async (said) => {
      await (await open()).close();
      expect([wasInUse(dir.path, colonyId, said), await isNoticed()]).toEqual([false, false]);
    },
  );
});
