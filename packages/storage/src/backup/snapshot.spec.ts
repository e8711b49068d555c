import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { stat, writeFile } from 'node:fs/promises';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { openStore } from '../../test/support/open-store.js';

const dir = useTempDir();
const event = { serviceId: 'checkout', eventType: 'deploy' };
const count = 'SELECT count(*) FROM events';

describe('snapshot', () => {
  it('publishes a file that stock DuckDB opens while the colony runs, and replaces it', async () => {
    const database = await openStore(dir);
    await database.recordEvent(event);
    const { path, sizeBytes } = await database.snapshot();
    expect(path).toBe(dir.file('my-shop-dev.snapshot.duckdb'));
    expect((await stat(path)).size).toBe(sizeBytes);
    expect((await stat(path)).mode & 0o777).toBe(0o644);
    expect(await bareDuckdb(path, count)).toEqual([['1']]);
    await database.recordEvent(event);
    await writeFile(`${path}.wal`, 'of a tool that wrote into the last one');
    await database.snapshot();
    expect(await bareDuckdb(path, count)).toEqual([['2']]);
    // The live file is still locked against others.
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('leaves the last one where it is stopped, and runs again', async () => {
    const database = await openStore(dir);
    const { path } = await database.snapshot();
    await database.recordEvent(event);
    const stop = new AbortController();
    const snapshot = database.snapshot({ signal: stop.signal, onProgress: () => stop.abort() });
    await expect(snapshot).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    expect(await bareDuckdb(path, count)).toEqual([['0']]);
    await database.snapshot();
    expect(await bareDuckdb(path, count)).toEqual([['1']]);
  });

  it('waits for another task, and is stopped by closing', async () => {
    const database = await openStore(dir);
    const first = database.snapshot();
    const second = database.snapshot();
    await expect(first).resolves.toBeDefined();
    const closing = database.close();
    await expect(second).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    await closing;
    await expect(database.snapshot()).rejects.toMatchObject({ code: 'STORAGE_NOT_OPEN' });
  });
});
