import { describe, expect, it } from '@jest/globals';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { useTempDir } from '@coral/testkit';
import { writeFileAtomic } from './write-file-atomic.js';

describe('writeFileAtomic', () => {
  const dir = useTempDir();

  it('replaces the file as a whole and leaves nothing beside it', async () => {
    await writeFile(dir.file('a'), 'old and longer');
    await writeFileAtomic(dir.file('a'), 'new', { mode: 0o600 });
    expect(await readFile(dir.file('a'), 'utf8')).toBe('new');
    expect(await readdir(dir.path)).toEqual(['a']);
  });

  it('is a new file, so that whoever has the old one open keeps reading that', async () => {
    await writeFile(dir.file('a'), 'old');
    const { ino } = await stat(dir.file('a'));
    await writeFileAtomic(dir.file('a'), 'new', { mode: 0o600 });
    expect((await stat(dir.file('a'))).ino).not.toBe(ino);
  });

  it('leaves nothing behind when it fails', async () => {
    await mkdir(dir.file('a'));
    await expect(writeFileAtomic(dir.file('a'), 'x', { mode: 0o600 })).rejects.toMatchObject({
      code: 'CONFIG_UNWRITABLE',
      details: { file: dir.file('a') },
    });
    expect(await readdir(dir.path)).toEqual(['a']);
  });

  it('says so when there is no directory', async () => {
    await expect(writeFileAtomic(dir.file('x', 'a'), 'x', { mode: 0o600 })).rejects.toMatchObject({
      code: 'CONFIG_UNWRITABLE',
      cause: expect.objectContaining({ code: 'ENOENT' }),
    });
  });

  it('lets concurrent writers each leave a whole file', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`.repeat(1000 + i));
    await Promise.all(texts.map((text) => writeFileAtomic(dir.file('a'), text, { mode: 0o600 })));
    expect(texts).toContain(await readFile(dir.file('a'), 'utf8'));
    expect(await readdir(dir.path)).toEqual(['a']);
  });
});
