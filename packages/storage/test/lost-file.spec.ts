import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { copyFile, rename } from 'node:fs/promises';
import { openDatabase, type StorageError } from '../src/index.js';

describe('a file that is taken away while it is open', () => {
  const dir = useTempDir();

  it.each(['moved', 'replaced'])('is noticed by the next ping when it was %s', async (how) => {
    const failures: StorageError[] = [];
    const database = await openDatabase({
      storagePath: dir.path,
      colonyId: 'gone-dev',
      onFailure: (error) => failures.push(error),
    });
    await database.ping();
    await rename(database.path, dir.file('aside'));
    if (how === 'replaced') await copyFile(dir.file('aside'), database.path);

    await expect(database.ping()).rejects.toMatchObject({ code: 'STORAGE_FATAL' });
    expect(database.state).toBe('failed');
    await expect(
      database.recordEvent({ serviceId: 's', eventType: 'deploy' }),
    ).rejects.toMatchObject({
      code: 'STORAGE_FATAL',
    });
    await database.close();
    expect(failures).toHaveLength(1);
  });
});
