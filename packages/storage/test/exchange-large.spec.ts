import { expect, it } from '@jest/globals';
import { spawnProcess, useTempDir } from '@coral/testkit';
import { openDatabase } from '../src/index.js';
import { bareDuckdb } from './support/bare-duckdb.js';
import { buildProgram } from './support/build-program.js';

const dir = useTempDir();

it('exports and imports more than its heap and the memory limit hold together', async () => {
  const path = dir.path;
  await (await openDatabase({ storagePath: path, colonyId: 'large-dev' })).close();
  await bareDuckdb(
    dir.file('large-dev.duckdb'),
    `INSERT INTO events SELECT i, make_timestamp(i * 1000003), 'service-' || i % 50, 'deploy',
       '{"message":"' || repeat(md5(i::VARCHAR), 10) || '"}', NULL
     FROM range(1, 400001) AS t(i)`,
  );
  const child = await spawnProcess({
    command: process.execPath,
    // Less than the rows of the input would take; DuckDB gets 128 MiB.
    args: ['--max-old-space-size=48', await buildProgram('exchange-large'), path],
  });
  const exit = await child.waitForExit({ timeoutMs: 110_000 });
  expect([exit.code, child.stderr]).toEqual([0, '']);
  const { sizes, imported } = JSON.parse(child.stdout) as { sizes: number[]; imported: number };
  expect(imported).toBe(500_000);
  expect(sizes[0]! + sizes[1]!).toBeGreaterThan(300e6);
}, 120_000);
