import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
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

  it('has the form that docs/backup.md describes', async () => {
    const database = await openStore(dir);
    const times = ['2026-01-01T00:00:00Z', '2026-01-31T00:00:00Z'].map((text) => new Date(text));
    await database.recordEvents(times.map((timestamp) => ({ ...event, timestamp })));
    const output = dir.file('backup');
    const { manifest } = await database.backup({ output });
    const bytes = await readFile(output);
    const end = bytes.length - 16;
    expect(bytes.toString('latin1', end + 8)).toBe('CORALBK1');
    const length = Number(bytes.readBigUInt64BE(end));
    expect(JSON.parse(bytes.toString('utf8', end - length, end))).toEqual(manifest);
    expect(end - length).toBe(manifest.sizeBytes);
    const hash = createHash('sha256').update(bytes.subarray(0, manifest.sizeBytes));
    expect(hash.digest('hex')).toBe(manifest.sha256);
    expect(manifest.timeRange).toEqual({
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-31T00:00:00.000Z',
    });
  });

  it('leaves nothing when it is stopped or its folder is missing', async () => {
    const database = await openStore(dir);
    const stop = new AbortController();
    const stopped = database.backup({
      output: dir.file('stopped'),
      signal: stop.signal,
      onProgress: ({ phase }) => phase === 'write' && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'STORAGE_CANCELLED' });
    await expect(database.backup({ output: dir.file('none', 'b') })).rejects.toMatchObject({
      code: 'STORAGE_PATH_NOT_WRITABLE',
      details: { path: dir.file('none') },
    });
    expect((await readdir(dir.path)).filter((name) => !name.startsWith('my-shop-dev'))).toEqual([]);
    await database.backup({ output: dir.file('stopped') });
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
