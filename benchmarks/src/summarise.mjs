import { openDatabase } from '@coral/storage';
import { createTempDir } from '@coral/testkit';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, pairedRatio } from './statistics.mjs';

const floor = fileURLToPath(new URL('floors/quantiles-of-points.mjs', import.meta.url));
const points = 4_000_000;
const series = 10_000;
const perMetric = 20;
const pointsPerBatch = 20_000;

/**
 * Summaries of one window of many points against the bare quantiles by SQL over as many points.
 *
 * @param {{ runs: number, kind: 'gauge' | 'counter' }} options
 */
export async function summarise({ runs, kind }) {
  const ours = [];
  const floors = [];
  for (let run = -1; run < runs; run += 1) {
    const dir = await createTempDir({ prefix: 'coral-bench-' });
    const ms = await summariseOnce(dir.path, kind);
    const bare = quantiles(dir.file('floor.duckdb'));
    await dir.remove();
    if (run === -1) continue; // Warms the caches.
    ours.push(points / (ms / 1000));
    floors.push(points / (bare / 1000));
  }
  const rate = (/** @type {readonly number[]} */ rates) =>
    `${(median(rates) / 1e6).toFixed(1)} M/s`;
  return [
    {
      name: `summarising a window of ${points / 1e6} M points of ${kind}s, ${series / 1000} k series`,
      ours: rate(ours),
      floor: `${rate(floors)}: bare quantiles by SQL, as many points`,
      ...pairedRatio(ours, floors),
      aim: '≥ 2 M/s',
    },
  ];
}

/** @param {string} storagePath @param {'gauge' | 'counter'} kind @returns {Promise<number>} ms */
async function summariseOnce(storagePath, kind) {
  const windowMs = 300_000;
  const startMs = Math.floor(Date.now() / windowMs) * windowMs - windowMs;
  const database = await openDatabase({ storagePath, colonyId: 'bench-dev' });
  const descriptors = Array.from({ length: series }, (_, n) => describe(n, kind));
  const absent = new Float64Array(pointsPerBatch).fill(NaN);
  for (let from = 0; from < points; from += pointsPerBatch) {
    await database.appendPoints({
      series: descriptors,
      length: pointsPerBatch,
      seriesIndex: Uint32Array.from({ length: pointsPerBatch }, (_, n) => (from + n) % series),
      timeUs: Float64Array.from(
        { length: pointsPerBatch },
        (_, n) => startMs * 1000 + Math.floor((from + n) / series) * 1000,
      ),
      startTimeUs: new Float64Array(pointsPerBatch).fill(startMs * 1000),
      value: Float64Array.from({ length: pointsPerBatch }, (_, n) =>
        kind === 'gauge' ? Math.sin(from + n) : Math.floor((from + n) / series),
      ),
      count: absent,
      min: absent,
      max: absent,
      scale: new Int8Array(pointsPerBatch),
      bucketLength: 0,
      bucketPoint: new Uint32Array(0),
      bucketSign: new Int8Array(0),
      bucketIndex: new Int32Array(0),
      bucketCount: new Float64Array(0),
    });
  }
  const { windows, summaries, durationMs } = await database.summarise();
  await database.close();
  if (summaries !== (windows * series) / perMetric) {
    throw new Error(`${summaries} summaries of ${windows} windows`);
  }
  return durationMs;
}

/** @param {number} n @param {'gauge' | 'counter'} kind */
function describe(n, kind) {
  const metric = Math.floor(n / perMetric);
  return /** @type {const} */ ({
    key: `series-${n}`,
    serviceId: `service-${metric % 10}`,
    metricName: `metric.number.${metric}`,
    kind: kind === 'gauge' ? 'gauge' : 'sum',
    unit: '',
    temporality: kind === 'gauge' ? 'unspecified' : 'cumulative',
    monotonic: kind !== 'gauge',
    attributes: `{"n":${n}}`,
    resource: '{}',
    scope: '',
    bounds: [],
  });
}

/** @param {string} file @returns {number} ms */
function quantiles(file) {
  const args = [floor, file, points, series, perMetric].map(String);
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const [, ms] = /ready ([\d.]+)/.exec(stdout) ?? [];
  if (!ms) throw new Error(`the bare quantiles failed: ${stderr}`);
  return Number(ms);
}
