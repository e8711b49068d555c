import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { readFile, stat } from 'node:fs/promises';
import { writeParts } from './write-parts.js';

const dir = useTempDir();

describe('a file of parts', () => {
  it('has all of them, also those that the system does not take at once, and is ours alone', async () => {
    const parts = Array.from({ length: 5_000 }, (_, n) => new Uint8Array(n % 7).fill(n));
    await writeParts(dir.file('whole'), parts);
    expect(await readFile(dir.file('whole'))).toEqual(Buffer.concat(parts));
    expect((await stat(dir.file('whole'))).mode & 0o777).toBe(0o600);
  });

  it('cannot be written where no folder is', async () => {
    await expect(writeParts(dir.file('none/whole'), [])).rejects.toMatchObject({
      code: 'STORAGE_PATH_NOT_WRITABLE',
      details: { path: dir.file('none/whole') },
    });
  });
});
