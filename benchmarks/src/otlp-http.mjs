import { createTempDir } from '@coral/testkit';
import { spawnSync } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { otlpBodies, pointsPerBody } from './otlp-bodies.mjs';
import { prepareColony } from './processes.mjs';
import { median, pairedRatio } from './statistics.mjs';

const floor = fileURLToPath(new URL('floors/append-points.mjs', import.meta.url));
const requests = 100;

/**
 * OTLP/HTTP metrics into a running colony, each request committed before its answer, against the
 * raw appender writing as many points with as many commits.
 *
 * @param {{ runs: number, connections: number }} options
 */
export async function otlpHttp({ runs, connections }) {
  const colony = await prepareColony();
  const dir = await createTempDir({ prefix: 'coral-bench-' });
  const ours = [];
  const floors = [];
  for (let run = -1; run < runs; run += 1) {
    await colony.forget();
    const started = await colony.start();
    const seconds = await send(started.otlpPort, token(colony), connections);
    await started.stop();
    const bare = appendBare(dir.file(`floor-${run}.duckdb`));
    if (run === -1) continue; // Warms the caches.
    ours.push((requests * pointsPerBody) / seconds);
    floors.push((requests * pointsPerBody) / bare);
  }
  await colony.home.remove();
  await dir.remove();
  const rate = (/** @type {readonly number[]} */ rates) =>
    `${Math.round(median(rates) / 1000)} k/s`;
  return [
    {
      name: `OTLP/HTTP metrics, data points, ${connections} connection${connections > 1 ? 's' : ''}`,
      ours: rate(ours),
      floor: `${rate(floors)}: raw appender, same points and commits`,
      ...pairedRatio(ours, floors),
      aim: '',
    },
  ];
}

/** @param {Awaited<ReturnType<typeof prepareColony>>} colony */
function token(colony) {
  const env = JSON.parse(colony.ask(['colony', 'env', '--json']));
  return decodeURIComponent(String(env.OTEL_EXPORTER_OTLP_HEADERS).replace(/^authorization=/i, ''));
}

/**
 * @param {number} port
 * @param {string} authorization
 * @param {number} connections
 * @returns {Promise<number>} seconds
 */
async function send(port, authorization, connections) {
  const bodies = otlpBodies(requests, Date.now());
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < bodies.length) await post(agent, port, authorization, bodies[next++]);
    }),
  );
  agent.destroy();
  return (performance.now() - startedAt) / 1000;
}

/**
 * @param {Agent} agent
 * @param {number} port
 * @param {string} authorization
 * @param {Uint8Array} body
 */
function post(agent, port, authorization, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization,
      'content-type': 'application/x-protobuf',
      'content-length': body.length,
    };
    const sent = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/metrics', headers },
      (answer) => {
        /** @type {Buffer[]} */
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks);
          // An empty answer is a full success: a partial one would name what was refused.
          if (answer.statusCode === 200 && text.length === 0) resolve(undefined);
          else reject(new Error(`${answer.statusCode}: ${text.toString('utf8')}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** @param {string} file @returns {number} seconds */
function appendBare(file) {
  const args = [floor, file, String(requests), String(pointsPerBody)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const [, ms] = /ready ([\d.]+)/.exec(stdout) ?? [];
  if (!ms) throw new Error(`the raw appender failed: ${stderr}`);
  return Number(ms) / 1000;
}
