import { createTempDir } from '@coral/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { prepareColony, residentBytes, startUntil } from './processes.mjs';

const floor = fileURLToPath(new URL('floors/load-driver.mjs', import.meta.url));
const settleMs = 20_000;

/** Resident memory of a colony that only reports on itself, against node with the driver open. */
export async function idleMemory() {
  const colony = await prepareColony();
  const dir = await createTempDir({ prefix: 'coral-bench-' });
  const started = await colony.start();
  const bare = await startUntil([floor, dir.file('floor.duckdb')], 'ready');
  await sleep(settleMs);
  const ours = residentBytes(started.pid);
  const floorBytes = residentBytes(bare.pid);
  await started.stop();
  await bare.stop();
  await colony.home.remove();
  await dir.remove();
  const mib = (/** @type {number} */ bytes) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
  return [
    {
      name: `idle memory after ${settleMs / 1000} s`,
      ours: mib(ours),
      floor: `${mib(floorBytes)}: node, driver, open database`,
      ratio: ours / floorBytes,
      aim: '',
    },
  ];
}
