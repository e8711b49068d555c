import { beforeAll, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { DuckDBInstance } from '@duckdb/node-api';
import { copyFile } from 'node:fs/promises';
import { openDatabase } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';
import { differingLookUps, differingLookUpsOf } from './support/look-ups.js';

const colonyId = 'loss-dev';

describe('DuckDB loses index entries after a kill', () => {
  const dir = useTempDir();
  let writer: string;
  let bareOpener: string;
  beforeAll(async () => {
    writer = await buildProgram('event-writer');
    bareOpener = await buildProgram('bare-opener');
  });

  it('and the audit of the next open finds and mends them', async () => {
    await killWhileWriting();
    await run(bareOpener, [dir.file(`${colonyId}.duckdb`)]);
    // The premise: without this difference the rest would prove nothing.
    expect(await lookUpBare()).not.toBe(50);
    // And it shows that the comparison which other specs rely on sees such a loss.
    const bare = (sql: string) => bareDuckdb(dir.file('copy.duckdb'), sql);
    expect((await differingLookUpsOf(bare)).join('\n')).toContain('idx_events_service_id');

    const database = await openDatabase({ storagePath: dir.path, colonyId });
    expect(database.recovery).toMatchObject({ clean: false, indexesChecked: 16 });
    expect(database.recovery.indexesRepaired).toContain('idx_events_service_id');
    expect(await differingLookUps(database)).toEqual([]);
    expect(await database.getRecentEvents('service-3', 1000)).toHaveLength(50);
    const [recovery] = await database.getRecentEvents('coral-colony');
    expect(recovery).toMatchObject({ eventType: 'recovery', details: { indexesChecked: 16 } });
    await database.close();

    expect(await lookUpBare()).toBe(50);
  });

  it('and opening with the protocol at once loses none', async () => {
    await killWhileWriting();
    const database = await openDatabase({ storagePath: dir.path, colonyId });
    expect(database.recovery).toMatchObject({ clean: false, indexesRepaired: [] });
    expect(database.recovery.walBytes).toBeGreaterThan(0);
    await database.close();
    expect(await lookUpBare()).toBe(50);
  });

  async function killWhileWriting(): Promise<void> {
    const child = await spawnProcess({
      command: process.execPath,
      args: [writer, dir.path, colonyId, '200'],
      env: cleanEnv({ home: dir.path }),
    });
    await child.waitForOutput(/written/, { timeoutMs: 60_000 });
    await child.kill9();
  }

  async function run(program: string, args: string[]): Promise<void> {
    const child = await spawnProcess({
      command: process.execPath,
      args: [program, ...args],
      env: cleanEnv({ home: dir.path }),
    });
    expect(await child.waitForExit()).toEqual({ code: 0, signal: null });
  }

  /** Events of one service as DuckDB alone finds them, in a copy. */
  async function lookUpBare(): Promise<number> {
    const copy = dir.file('copy.duckdb');
    await copyFile(dir.file(`${colonyId}.duckdb`), copy);
    const instance = await DuckDBInstance.create(copy);
    const connection = await instance.connect();
    const found = await connection.runAndReadAll(
      `SELECT count(*) FROM events WHERE service_id = 'service-3'`,
    );
    const count = Number(found.getRows()[0]![0]);
    connection.closeSync();
    instance.closeSync();
    return count;
  }
});
