import { createTempDir } from '@coral/testkit';
import { readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareColony, startUntil } from './processes.mjs';
import { schemaStatements } from './schema-statements.mjs';
import { median, pairedRatio } from './statistics.mjs';

const floor = fileURLToPath(new URL('floors/open-and-create.mjs', import.meta.url));

/**
 * From starting the process to a colony that answers, on a new file, against the least that
 * could make the same file. The size of an empty database comes with it.
 *
 * @param {{ runs: number }} options
 */
export async function startToReady({ runs }) {
  const colony = await prepareColony();
  const dir = await createTempDir({ prefix: 'coral-bench-' });
  const ddl = dir.file('ddl.json');
  const ours = [];
  const floors = [];
  let emptyBytes = 0;
  let floorBytes = 0;
  for (let run = -1; run < runs; run += 1) {
    await colony.forget();
    const started = await colony.start(['--no-self-metrics']);
    await started.stop();
    if (run === -1) {
      const [name] = (await readdir(colony.storage)).filter((file) => file.endsWith('.duckdb'));
      const file = path.join(colony.storage, String(name));
      emptyBytes = (await stat(file)).size;
      await writeFile(ddl, JSON.stringify(await schemaStatements(file)));
    }
    const file = dir.file(`floor-${run}.duckdb`);
    const bare = await startUntil([floor, file, ddl], 'ready');
    await bare.stop();
    floorBytes = (await stat(file)).size + (await sizeIfThere(`${file}.wal`));
    if (run === -1) continue; // Warms the caches.
    ours.push(started.readyMs);
    floors.push(bare.readyMs);
  }
  await colony.home.remove();
  await dir.remove();
  return [
    {
      name: 'start to ready, new file',
      ours: `${median(ours).toFixed(0)} ms`,
      floor: `${median(floors).toFixed(0)} ms: node, driver, open, same DDL`,
      ...pairedRatio(ours, floors),
      aim: '≤ 1.25',
    },
    {
      name: 'empty database',
      ours: `${(emptyBytes / 1024).toFixed(0)} KiB`,
      floor: `${(floorBytes / 1024).toFixed(0)} KiB: same DDL, closed`,
      ratio: emptyBytes / floorBytes,
      aim: '',
    },
  ];
}

/** @param {string} file */
async function sizeIfThere(file) {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
