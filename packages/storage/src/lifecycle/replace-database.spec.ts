import { beforeEach, describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { finishReplacement, replaceDatabase } from './replace-database.js';

const dir = useTempDir();
const database = () => dir.file('a.duckdb');
const aside = () => dir.file('a.old.duckdb');
const put = (name: string, text: string) => writeFile(dir.file(name), text);

/** Every file of the directory and what it holds. */
async function contents(): Promise<Record<string, string>> {
  const names = (await readdir(dir.path)).sort();
  const texts = await Promise.all(names.map((name) => readFile(dir.file(name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, texts[index]!]));
}

const mark = JSON.stringify({ aside: 'a.old.duckdb' });
const done = { 'a.duckdb': 'new', 'a.old.duckdb': 'old', 'a.old.duckdb.wal': 'old log' };

describe('replaceDatabase', () => {
  it('puts the new one in place and keeps the old one with its log', async () => {
    await put('a.duckdb', 'old');
    await put('a.duckdb.wal', 'old log');
    await put('a.duckdb.incoming', 'new');
    await replaceDatabase(database(), aside());
    expect(await contents()).toEqual(done);
  });

  it('needs no old one, and never leaves a log that has lost its database', async () => {
    await put('a.duckdb.wal', 'old log');
    await put('a.duckdb.incoming', 'new');
    await replaceDatabase(database(), aside());
    expect(await contents()).toEqual({ 'a.duckdb': 'new', 'a.old.duckdb.wal': 'old log' });
  });
});

describe('finishReplacement', () => {
  beforeEach(() => put('a.duckdb.replacing', mark));

  it.each([
    [{ 'a.duckdb': 'old', 'a.duckdb.wal': 'old log', 'a.duckdb.incoming': 'new' }],
    [{ 'a.old.duckdb': 'old', 'a.duckdb.wal': 'old log', 'a.duckdb.incoming': 'new' }],
    [{ 'a.old.duckdb': 'old', 'a.old.duckdb.wal': 'old log', 'a.duckdb.incoming': 'new' }],
    [{ 'a.old.duckdb': 'old', 'a.old.duckdb.wal': 'old log', 'a.duckdb': 'new' }],
  ])('goes on from %j', async (files) => {
    for (const [name, text] of Object.entries(files)) await put(name, text);
    await finishReplacement(database());
    expect(await contents()).toEqual(done);
    await finishReplacement(database());
    expect(await contents()).toEqual(done);
  });

  it('leads nowhere out of the directory', async () => {
    await put('a.duckdb', 'old');
    await put('a.duckdb.incoming', 'new');
    await put('a.duckdb.replacing', JSON.stringify({ aside: '../../elsewhere/b' }));
    await finishReplacement(database());
    expect(await contents()).toEqual({ 'a.duckdb': 'new', b: 'old' });
  });
});

describe('finishReplacement without a mark', () => {
  it('removes what never came to be put in place, and touches nothing else', async () => {
    const old = { 'a.duckdb': 'old', 'a.duckdb.wal': 'old log' };
    for (const [name, text] of Object.entries(old)) await put(name, text);
    await put('a.duckdb.incoming', 'half');
    await put('a.duckdb.replacing.partial', '{"as');
    await finishReplacement(database());
    expect(await contents()).toEqual(old);
  });
});
