import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cleanEnv, spawnProcess, useTempDir } from '@coral/testkit';
import { copyFile, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { restoreDatabase, type Database } from '../src/index.js';
import { journalPaths } from '../src/journal/journal-files.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';
import { rows } from './support/look-ups.js';
import { openStore } from './support/open-store.js';

const requests = 20;
const dir = useTempDir();
const file = () => dir.file('my-shop-dev.duckdb');
const journal = () => journalPaths(file())[0];
let program: string;
let firstMs: number;

beforeAll(async () => {
  program = await buildProgram('point-writer');
});

/** A writer whose last points were acknowledged and, most of them, have not come to the database. */
beforeEach(async () => {
  firstMs = Date.now() - 60_000;
  await writeAndDie(firstMs, requests);
});

async function writeAndDie(fromMs: number, count: number): Promise<void> {
  const child = await spawnProcess({
    command: process.execPath,
    args: [program, dir.path, String(fromMs), String(count)],
    env: cleanEnv({ home: dir.path }),
  });
  await child.waitForOutput(/acknowledged/, { timeoutMs: 60_000 });
  await child.waitForExit();
}

/** Times since the first point, values; and the same of histograms, with their bucket. */
async function points(database: Database): Promise<{ numbers: unknown[]; histograms: unknown[] }> {
  return {
    numbers: await rows(
      database,
      `SELECT epoch_ms(time) - ${firstMs}, value FROM points ORDER BY time`,
    ),
    histograms: await rows(
      database,
      `SELECT epoch_ms(h.time) - ${firstMs}, h.count, h.sum, h.min, b.bucket, b.count
       FROM histogram_points h LEFT JOIN histogram_buckets b USING (time, series_id) ORDER BY h.time`,
    ),
  };
}

const all = {
  numbers: Array.from({ length: requests }, (_, n) => [n, n]),
  // A bucket that counts nothing is a row as any other.
  histograms: Array.from({ length: requests }, (_, n) => [n, n, n, null, 1, n]),
};

describe('points that were acknowledged before a kill', () => {
  it('lie in the journal, and the next start brings them in, once', async () => {
    expect((await readFile(journal())).length).toBeGreaterThan(0);
    const database = await openStore(dir);
    expect(database.recovery.clean).toBe(false);
    expect(database.recovery.journalPoints).toBeGreaterThan(0);
    expect(await points(database)).toEqual(all);
    await database.summarise();
    const [summary] = await database.listMetricSummaries({ metricName: 'queue.length' });
    expect(summary).toBeDefined();
    await database.close();
    const again = await openStore(dir);
    expect(again.recovery).toMatchObject({ clean: true, journalPoints: 0 });
    expect(await points(again)).toEqual(all);
  });

  it('are in the one file that an orderly stop leaves', async () => {
    await (await openStore(dir)).close();
    expect((await readdir(dir.path)).filter((name) => name.includes('journal'))).toEqual([]);
    expect(await bareDuckdb(file(), 'SELECT count(*) FROM points')).toEqual([[String(requests)]]);
  });

  it('are brought in once although the journal is there again', async () => {
    await copyFile(journal(), dir.file('kept'));
    await (await openStore(dir)).close();
    await rename(dir.file('kept'), journal());
    const database = await openStore(dir);
    expect(database.recovery.journalPoints).toBe(0);
    expect(await points(database)).toEqual(all);
  });

  it('but for the last are there when a crash cut the journal off', async () => {
    await truncate(journal(), (await readFile(journal())).length - 1);
    const database = await openStore(dir);
    expect(await points(database)).toEqual({ ...all, histograms: all.histograms.slice(0, -1) });
  });

  it('are not read from a journal that is damaged, and nothing is changed', async () => {
    const contents = await readFile(journal());
    contents[40]! ^= 1;
    await writeFile(journal(), contents);
    await expect(openStore(dir)).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
      details: { path: journal(), damagedAt: 0 },
    });
    expect(await readFile(journal())).toEqual(contents);
    // The way that the error names.
    await truncate(journal(), 0);
    await (await openStore(dir)).close();
  });

  it('are not mixed into another database', async () => {
    await openStore(dir).then((database) => database.close());
    const kept = await readFile(file());
    await rm(file());
    const empty = await openStore(dir);
    await empty.close();
    // A journal whose database was taken away, and another one put there.
    const other = dir.file('other');
    await rename(file(), other);
    await writeFile(file(), kept);
    await writeAndDie(firstMs + 1000, 3);
    await rename(other, file());
    await rm(`${file()}.wal`, { force: true });
    await expect(openStore(dir)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
  });

  it('go aside with the database that a restore replaces', async () => {
    const database = await openStore(dir);
    await database.backup({ output: dir.file('backup') });
    await database.close();
    await writeAndDie(firstMs + 1000, 3);
    const { replaced } = await restoreDatabase({
      storagePath: dir.path,
      colonyId: 'my-shop-dev',
      input: dir.file('backup'),
    });
    expect((await readFile(journalPaths(replaced!)[0])).length).toBeGreaterThan(0);
    const restored = await openStore(dir);
    expect(restored.recovery.journalPoints).toBe(0);
    expect(await points(restored)).toEqual(all);
  });
});

describe('points of an open store', () => {
  it('are seen by whoever asks after they were acknowledged', async () => {
    const database = await openStore(dir);
    expect((await database.stats()).tables['points']).toBe(requests);
    expect(await points(database)).toEqual(all);
  });
});
