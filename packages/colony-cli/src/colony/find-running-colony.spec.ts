import { describe, expect, it } from '@jest/globals';
import { spawnProcess, useTempDir } from '@coral/testkit';
import { memoryIo } from '../../test/memory-io.js';
import { findRunningColony } from './find-running-colony.js';
import { processStart } from './process-identity.js';
import type { RunFile } from './run-file.js';
import { runFilePath, writeRunFile } from './run-file.js';

const id = 'shop-dev-0977e1';

async function runFileOf(pid: number, processStartText: string | null): Promise<RunFile> {
  return {
    colony_id: id,
    pid,
    process_start: processStartText,
    version: '1.2.3',
    host: '127.0.0.1',
    port: 9000,
    otlp_http_port: 4318,
    otlp_grpc_port: null,
    started_at: '2026-01-31T12:00:00.000Z',
    storage_path: '/srv',
    database_path: `/srv/${id}.duckdb`,
  };
}

const sleeper = () =>
  spawnProcess({ command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] });

describe('findRunningColony', () => {
  const dir = useTempDir();
  const { process: processPort } = memoryIo({ cwd: '/', homeDir: '/' });
  const find = () => findRunningColony(dir.path, id, processPort);
  const write = (run: RunFile) => writeRunFile(runFilePath(dir.path, id), run);

  it('finds none without a run file', async () => {
    await expect(find()).resolves.toEqual({ state: 'stopped' });
  });

  it('finds a colony whose process lives, until it is killed', async () => {
    const child = await sleeper();
    const run = await runFileOf(
      child.pid,
      (await processStart(child.pid, process.platform)) ?? null,
    );
    await write(run);
    await expect(find()).resolves.toEqual({ state: 'running', run });
    await child.kill9();
    await expect(find()).resolves.toEqual({ state: 'stopped', stale: run });
  });

  it('is not fooled by another process that got the same id', async () => {
    const child = await sleeper();
    const run = await runFileOf(child.pid, 'boot/1');
    await write(run);
    await expect(find()).resolves.toEqual({ state: 'stopped', stale: run });
  });

  it('believes the process id alone where the system does not tell more', async () => {
    const run = await runFileOf(process.pid, null);
    await write(run);
    await expect(find()).resolves.toEqual({ state: 'running', run });
  });

  it('ignores the run file of another colony under this name', async () => {
    const run = { ...(await runFileOf(process.pid, null)), colony_id: 'other-dev-000000' };
    await write(run);
    await expect(find()).resolves.toEqual({ state: 'stopped' });
  });
});

describe('processStart', () => {
  it('stays the same for a process and differs between two', async () => {
    const child = await sleeper();
    const own = await processStart(process.pid, process.platform);
    expect(own).toBe(await processStart(process.pid, process.platform));
    expect(own).not.toBe(await processStart(child.pid, process.platform));
  });

  it('is unknown for a process that does not exist', async () => {
    const child = await sleeper();
    await child.kill9();
    await expect(processStart(child.pid, process.platform)).resolves.toBeUndefined();
  });
});
