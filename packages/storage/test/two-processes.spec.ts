import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { openDatabase } from '../src/index.js';
import { buildProgram } from './support/build-program.js';
import { differingLookUps } from './support/look-ups.js';

const colonyId = 'pair-dev';

describe('two processes and one file', () => {
  const dir = useTempDir();
  let writer: string;
  let bareOpener: string;
  beforeAll(async () => {
    writer = await buildProgram('event-writer');
    bareOpener = await buildProgram('bare-opener');
  });

  async function startWriter() {
    const child = await spawnProcess({
      command: process.execPath,
      args: [writer, dir.path, colonyId, '1'],
      env: cleanEnv({ home: dir.path }),
    });
    await child.waitForOutput(/written/, { timeoutMs: 60_000 });
    return child;
  }

  it('refuses the second opener and names the pid of the first', async () => {
    const holder = await startWriter();
    await expect(openDatabase({ storagePath: dir.path, colonyId })).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      details: { pid: holder.pid },
    });
  });

  it('still refuses when the lock file was removed by hand', async () => {
    const holder = await startWriter();
    await rename(dir.file(`${colonyId}.duckdb.lock`), dir.file('aside'));
    await expect(openDatabase({ storagePath: dir.path, colonyId })).rejects.toMatchObject({
      code: 'STORAGE_LOCKED',
      details: { pid: holder.pid },
    });
  });

  it('keeps other DuckDB tools out while it is open here', async () => {
    await using database = await openDatabase({ storagePath: dir.path, colonyId });
    await database.stats();
    const child = await spawnProcess({
      command: process.execPath,
      args: [bareOpener, database.path],
      env: cleanEnv({ home: dir.path }),
    });
    expect((await child.waitForExit()).code).not.toBe(0);
    expect(child.stderr).toContain(`PID ${process.pid}`);
  });

  it('takes over the lock of a process that was killed', async () => {
    const holder = await startWriter();
    await holder.kill9();
    await using database = await openDatabase({ storagePath: dir.path, colonyId });
    expect(database.recovery).toMatchObject({ clean: false, previousPid: holder.pid });
  });

  it('takes over the lock of a process whose pid now belongs to another', async () => {
    const holder = await startWriter();
    await holder.kill9();
    const lock = dir.file(`${colonyId}.duckdb.lock`);
    const record = JSON.parse(await readFile(lock, 'utf8')) as { pid: number };
    // This very process lives, but it did not start when the holder did.
    await writeFile(lock, JSON.stringify({ ...record, pid: process.pid }));
    await using database = await openDatabase({ storagePath: dir.path, colonyId });
    expect(database.recovery.clean).toBe(false);
  });

  it('lets one of many openers in', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => openDatabase({ storagePath: dir.path, colonyId })),
    );
    const opened = attempts.filter(({ status }) => status === 'fulfilled');
    expect(opened).toHaveLength(1);
    for (const attempt of opened) if (attempt.status === 'fulfilled') await attempt.value.close();
    await expect(access(dir.file(`${colonyId}.duckdb.lock`))).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('keeps what each of four processes wrote that fight for it and die', async () => {
    const program = await buildProgram('fighter');
    const fighters = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        spawnProcess({
          command: process.execPath,
          args: [program, dir.path, colonyId, `fighter-${index}`, '5'],
          env: cleanEnv({ home: dir.path }),
        }),
      ),
    );
    const acknowledged: string[] = [];
    for (const fighter of fighters) {
      const exit = await fighter.waitForExit({ timeoutMs: 90_000 });
      expect({ ...exit, stderr: fighter.stderr }).toEqual({
        code: null,
        signal: 'SIGKILL',
        stderr: '',
      });
      acknowledged.push(...[...fighter.stdout.matchAll(/^ack (.+)$/gm)].map(([, id]) => id!));
    }
    expect(acknowledged).toHaveLength(4 * 5 * 3);
    await using database = await openDatabase({ storagePath: dir.path, colonyId });
    const events = await database.listEvents({ eventType: 'deploy', limit: 1000 });
    expect(events.map(({ correlationGroup }) => correlationGroup).sort()).toEqual(
      acknowledged.sort(),
    );
    expect(await differingLookUps(database)).toEqual([]);
  }, 120_000);

  it('starts anew when its creator died before the schema stood', async () => {
    await writeFile(dir.file(`${colonyId}.duckdb`), Buffer.alloc(4096));
    await writeFile(
      dir.file(`${colonyId}.duckdb.lock`),
      JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1', state: 'creating' }),
    );
    await using database = await openDatabase({ storagePath: dir.path, colonyId });
    expect(await database.listServices()).toEqual([]);
  });
});
