import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { bareDuckdb } from '../../test/support/bare-duckdb.js';
import { openStore } from '../../test/support/open-store.js';

const dir = useTempDir();
const event = { serviceId: 'checkout', eventType: 'deploy' };

describe('backup', () => {
  it('makes one file that stock DuckDB opens, with everything that was there', async () => {
    const database = await openStore(dir);
    await database.recordEvents(Array.from({ length: 1_000 }, () => event));
    await database.upsertService({ id: 'cart', name: 'Cart', appId: 'shop', agentId: 'host-1' });
    const output = dir.file('backup.duckdb');
    const phases = new Set<string>();
    const { manifest } = await database.backup({
      output,
      coralVersion: '1.2.3',
      onProgress: ({ phase }) => phases.add(phase),
    });
    expect([...phases]).toEqual(['count', 'verify', 'write', 'check']);
    expect(manifest).toMatchObject({
      format: 'coral-backup',
      colonyId: 'my-shop-dev',
      coralVersion: '1.2.3',
      tables: { events: { rows: 1_000 }, services: { rows: 1 }, insights: { rows: 0 } },
    });
    expect((await stat(output)).mode & 0o777).toBe(0o600);
    expect(await readdir(dir.file('my-shop-dev.work'))).toEqual([]);
    expect(
      await bareDuckdb(
        output,
        "INSERT INTO events VALUES (nextval('events_id_sequence'), now(), 'a', 'b', NULL, NULL)",
        'SELECT count(*), max(id) FROM events',
      ),
    ).toEqual([['1001', 1001]]);
  });

  it('refuses to replace a file unless asked', async () => {
    const database = await openStore(dir);
    const output = dir.file('there');
    await writeFile(output, 'precious');
    await expect(database.backup({ output })).rejects.toMatchObject({
      code: 'STORAGE_OUTPUT_EXISTS',
      details: { path: output },
    });
    await database.backup({ output, overwrite: true });
    expect((await stat(output)).size).toBeGreaterThan(100_000);
  });
});
