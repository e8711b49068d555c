import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { useTempDir } from '@coral/testkit';
import type { RunFile } from './run-file.js';
import { readRunFile, removeRunFile, runFilePath, writeRunFile } from './run-file.js';

const run: RunFile = {
  colony_id: 'shop-dev-0977e1',
  pid: 4711,
  process_start: 'boot/1',
  version: '1.2.3',
  host: '127.0.0.1',
  port: 9000,
  otlp_http_port: null,
  otlp_grpc_port: 4317,
  started_at: '2026-01-31T12:00:00.000Z',
  storage_path: '/srv/shop/.coral',
  database_path: '/srv/shop/.coral/shop-dev-0977e1.duckdb',
};

describe('run file', () => {
  const dir = useTempDir();
  const path = () => runFilePath(dir.path, run.colony_id);

  it('is written for its owner only, whole, and read back', async () => {
    await writeRunFile(path(), run);
    await expect(readRunFile(path())).resolves.toEqual(run);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path()))).mode & 0o777).toBe(0o700);
    expect(await readdir(dirname(path()))).toEqual(['shop-dev-0977e1.json']);
  });

  it('does not exist before', async () => {
    await expect(readRunFile(path())).resolves.toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{"pid":1}', JSON.stringify({ ...run, pid: -1 })])(
    'is not read from %j',
    async (text) => {
      await mkdir(dirname(path()), { recursive: true });
      await writeFile(path(), text);
      await expect(readRunFile(path())).resolves.toBeUndefined();
    },
  );

  it('is removed by its own process, not by another', async () => {
    await writeRunFile(path(), run);
    await removeRunFile(path(), 1);
    await expect(readRunFile(path())).resolves.toEqual(run);
    await removeRunFile(path(), run.pid);
    await removeRunFile(path(), run.pid);
    await expect(readRunFile(path())).resolves.toBeUndefined();
  });

  it('says what to do when its folder cannot be made', async () => {
    await writeFile(dir.file('run'), '');
    await expect(writeRunFile(path(), run)).rejects.toMatchObject({
      code: 'CLI_RUN_FILE',
      hint: expect.stringContaining('CORAL_CONFIG'),
    });
  });
});
