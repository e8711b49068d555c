import { beforeEach, describe, expect, it } from '@jest/globals';
import { onTestEnd, useTempDir } from '@coral/testkit';
import { DuckDBInstance } from '@duckdb/node-api';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, truncate, writeFile } from 'node:fs/promises';
import { openDatabase, schemaVersion } from '../src/index.js';

const colonyId = 'file-dev';

describe('a file that cannot be opened', () => {
  const dir = useTempDir();
  let file: string;
  beforeEach(() => {
    file = dir.file(`${colonyId}.duckdb`);
  });

  const open = (storagePath = dir.path) => openDatabase({ storagePath, colonyId });
  const hash = async () =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex');

  async function makeDatabase(): Promise<void> {
    const database = await open();
    await database.recordEvents(
      Array.from({ length: 2000 }, (_, index) => ({ serviceId: `s${index}`, eventType: 'deploy' })),
    );
    await database.close();
  }

  it.each([
    ['text', Buffer.from('# not a database\n'.repeat(1000))],
    ['random bytes', Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 251))],
    ['nothing', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(20_000)],
  ])('is refused when it holds %s, and left as it was', async (_, content) => {
    await writeFile(file, content);
    const before = await hash();
    await expect(open()).rejects.toMatchObject({
      code: 'STORAGE_NOT_A_DATABASE',
      details: { path: file },
    });
    expect(await hash()).toBe(before);
    // Nothing keeps the next attempt out.
    await rename(file, `${file}.aside`);
    await (await open()).close();
  });

  it('is refused when it is a directory', async () => {
    await mkdir(file);
    await expect(open()).rejects.toMatchObject({ code: 'STORAGE_NOT_A_DATABASE' });
  });

  it.each([20, 5_000, 300_000])(
    'is refused when it was cut to %i bytes, and left as it was',
    async (bytes) => {
      await makeDatabase();
      await truncate(file, bytes);
      const before = await hash();
      await expect(open()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
      expect(await hash()).toBe(before);
      expect(await readdir(dir.path)).toEqual([`${colonyId}.duckdb`]);
    },
  );

  it('is refused when a later release wrote it, and left as it was', async () => {
    await makeDatabase();
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run(`INSERT INTO schema_version VALUES (99, now()::TIMESTAMP, 'later', 'x')`);
    connection.closeSync();
    instance.closeSync();
    const before = await hash();
    await expect(open()).rejects.toMatchObject({
      code: 'STORAGE_SCHEMA_NEWER',
      details: { found: 99, known: schemaVersion },
    });
    expect(await hash()).toBe(before);
  });

  it('is refused below a file, and below what no directory can be made in', async () => {
    await writeFile(dir.file('plain'), '');
    await expect(open(dir.file('plain'))).rejects.toMatchObject({
      code: 'STORAGE_PATH_NOT_DIRECTORY',
    });
    await expect(open(dir.file('plain/below'))).rejects.toMatchObject({
      code: 'STORAGE_PATH_NOT_DIRECTORY',
    });
    await expect(open('/proc/coral/below')).rejects.toMatchObject({
      code: 'STORAGE_PATH_NOT_WRITABLE',
    });
  });

  it('is not mixed with the log of another one', async () => {
    await writeFile(`${file}.wal`, 'the log of a database that was moved away');
    const database = await open();
    onTestEnd(() => database.close());
    expect(await database.listServices()).toEqual([]);
    expect(await readFile(`${file}.wal.orphan`, 'utf8')).toContain('moved away');
  });
});
