import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { readdir, writeFile } from 'node:fs/promises';
import { backupFileName, listBackups, rotateBackups } from './backup-directory.js';

const dir = useTempDir();
const at = (day: number) => new Date(Date.UTC(2026, 0, day, 2));

describe('a directory of backups', () => {
  it('has names that sort by time and can be read back', async () => {
    const names = [backupFileName('shop', at(31), true), backupFileName('shop', at(4), false)];
    expect(names).toEqual(['shop-20260131T020000Z.duckdb.sealed', 'shop-20260104T020000Z.duckdb']);
    for (const name of names) await writeFile(dir.file(name), 'abc');
    expect(await listBackups(dir.path, 'shop')).toEqual([
      { path: dir.file(names[0]!), createdAt: at(31), sizeBytes: 3 },
      { path: dir.file(names[1]!), createdAt: at(4), sizeBytes: 3 },
    ]);
  });

  it('may be missing', async () => {
    expect(await listBackups(dir.file('none'), 'shop')).toEqual([]);
    expect(await rotateBackups(dir.file('none'), 'shop', { daily: 1, weekly: 0 })).toEqual([]);
  });

  it('loses what rotation does not keep, and nothing else', async () => {
    const others = [
      'shop-20260101T020000Z.duckdb.partial',
      'shop-2-20260101T020000Z.duckdb',
      'shop-by-hand.duckdb',
      'notes.txt',
    ];
    for (const name of others) await writeFile(dir.file(name), '');
    const names = [1, 2, 3, 4].map((day) => backupFileName('shop', at(day), day % 2 === 0));
    for (const name of names) await writeFile(dir.file(name), '');
    const removed = await rotateBackups(dir.path, 'shop', { daily: 2, weekly: 0 });
    expect(removed).toEqual([dir.file(names[1]!), dir.file(names[0]!)]);
    expect((await readdir(dir.path)).sort()).toEqual([...others, names[2]!, names[3]!].sort());
  });
});
