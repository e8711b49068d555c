import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { chmod, readdir, stat } from 'node:fs/promises';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { openStore } from '../../test/support/open-store.js';
import { compactDatabase } from '../index.js';

const dir = useTempDir();
const colony = () => ({ storagePath: dir.path, colonyId: 'my-shop-dev' });
const file = () => dir.file('my-shop-dev.duckdb');

/** A file in which most of what was written has been deleted. */
async function fillAndEmpty(): Promise<void> {
  const database = await openStore(dir);
  await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
  await database.close();
  await bareDuckdb(
    file(),
    `INSERT INTO events SELECT nextval('events_id_sequence'), now()::TIMESTAMP, 's' || i % 9, 'x',
       ('{"n":"' || md5(i::VARCHAR) || '"}')::JSON, NULL FROM range(200000) t(i)`,
    'CHECKPOINT',
    'DELETE FROM events WHERE id > 1000',
    'CHECKPOINT',
  );
}

describe('compactDatabase', () => {
  it('gives space back and keeps every row, key, index and sequence', async () => {
    await fillAndEmpty();
    await chmod(file(), 0o640);
    const before = await stat(file());
    const { bytesBefore, bytesAfter, path } = await compactDatabase(colony());
    const after = await stat(file());
    expect([path, bytesBefore, bytesAfter]).toEqual([file(), before.size, after.size]);
    expect(bytesAfter).toBeLessThan(bytesBefore / 2);
    expect(after.mode & 0o777).toBe(0o640);
    expect((await readdir(dir.path)).sort()).toEqual(['my-shop-dev.duckdb', 'my-shop-dev.work']);
    const database = await openStore(dir);
    expect(database.recovery.clean).toBe(true);
    expect((await database.stats()).tables['events']).toBe(1_000);
    expect(await database.getRecentEvents('checkout')).toHaveLength(1);
    const id = await database.recordEvent({ serviceId: 'checkout', eventType: 'deploy' });
    expect(id).toBeGreaterThan(200_000);
  });

  it('refuses a colony that runs', async () => {
    const database = await openStore(dir);
    await expect(compactDatabase(colony())).rejects.toMatchObject({ code: 'STORAGE_LOCKED' });
    await database.ping();
  });

  it('makes no database where there is none', async () => {
    await expect(compactDatabase(colony())).rejects.toMatchObject({
      code: 'STORAGE_PATH_INVALID',
    });
    expect(await readdir(dir.path)).toEqual([]);
  });

  it('stops when asked, and leaves the file as it was', async () => {
    await fillAndEmpty();
    const { ino } = await stat(file());
    const stop = new AbortController();
    const compacting = compactDatabase({
      ...colony(),
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(compacting).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    expect((await stat(file())).ino).toBe(ino);
    const database = await openStore(dir);
    expect(database.recovery.clean).toBe(true);
    expect((await database.stats()).tables['events']).toBe(1_000);
  });
});
