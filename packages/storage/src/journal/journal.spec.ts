import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { journalPaths, journalSize, moveJournal, readJournal } from './journal-files.js';
import { Journal } from './journal.js';

const dir = useTempDir();
const database = () => dir.file('shop.duckdb');
const entry = (n: number, bytes = 64) => new Uint8Array(bytes).fill(n % 251);
const sequences = async (drainedUntil = 0) =>
  (await readJournal(database(), drainedUntil)).map(({ sequence }) => sequence);

describe('Journal', () => {
  it('makes no file before there is something to write', async () => {
    await new Journal(database(), 0).close();
    expect(await readdir(dir.path)).toEqual([]);
  });

  it('has on the disk what it said is written, in the order it came', async () => {
    const journal = new Journal(database(), 41);
    const added = [1, 2, 3].map((n) => journal.add(entry(n)));
    expect(added.map(({ sequence }) => sequence)).toEqual([42, 43, 44]);
    await Promise.all(added.map(({ written }) => written));
    await journal.add(entry(4)).written;
    expect(await readJournal(database(), 41)).toEqual(
      [1, 2, 3, 4].map((n) => ({ sequence: 41 + n, bytes: entry(n) })),
    );
    await journal.close();
  });

  it('stays when it is closed while something is in it alone, and goes when nothing is', async () => {
    const first = new Journal(database(), 0);
    await first.add(entry(1)).written;
    await first.add(entry(2)).written;
    first.drained(1);
    await first.close();
    expect(await sequences(1)).toEqual([2]);
    const second = new Journal(database(), 2);
    await second.add(entry(3)).written;
    second.drained(3);
    await second.close();
    expect(await readdir(dir.path)).toEqual([]);
  });

  it('writes over what the database has, so that it does not grow', async () => {
    const journal = new Journal(database(), 0);
    for (let n = 1; n <= 200; n += 1) {
      const { sequence, written } = journal.add(entry(n, 256 * 1024));
      await written;
      // Always some behind, as under load.
      journal.drained(Math.max(0, sequence - 4));
      expect((await sequences(Math.max(0, sequence - 4))).at(-1)).toBe(n);
    }
    expect(await sequences(196)).toEqual([197, 198, 199, 200]);
    expect(await journalSize(database())).toBeLessThan(20 * 1024 ** 2);
    await journal.close();
  });

  it('says of a broken place where it is and how to go on without the rest', async () => {
    const journal = new Journal(database(), 0);
    await journal.add(entry(1)).written;
    await journal.add(entry(2)).written;
    await journal.close();
    const [file] = journalPaths(database());
    const contents = Buffer.concat([Buffer.alloc(8), await readFile(file)]);
    await writeFile(file, contents);
    await expect(readJournal(database(), 0)).rejects.toMatchObject({
      code: 'STORAGE_CORRUPT',
      message: expect.stringContaining(`truncate -s 0 '${file}'`) as unknown,
      details: { path: file, damagedAt: 0 },
    });
  });

  it('goes along with its database', async () => {
    const journal = new Journal(database(), 0);
    await journal.add(entry(1)).written;
    await journal.close();
    await moveJournal(database(), dir.file('aside.duckdb'));
    expect(await sequences()).toEqual([]);
    expect(await readJournal(dir.file('aside.duckdb'), 0)).toHaveLength(1);
  });
});
