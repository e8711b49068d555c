import { createTempDir } from '@coral/testkit';
import { spawnSync } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { otlpBodies, pointsPerBody } from './otlp-bodies.mjs';
import { prepareColony } from './processes.mjs';
import { spanBodies, spansPerBody } from './span-bodies.mjs';
import { median, pairedRatio } from './statistics.mjs';

const signals = {
  metrics: {
    items: 'data points',
    requests: 100,
    perRequest: pointsPerBody,
    bodies: otlpBodies,
    floor: fileURLToPath(new URL('floors/append-points.mjs', import.meta.url)),
  },
  traces: {
    items: 'spans',
    requests: 25,
    perRequest: spansPerBody,
    bodies: spanBodies,
    floor: fileURLToPath(new URL('floors/append-spans.mjs', import.meta.url)),
  },
};

/**
 * OTLP/HTTP into a running colony, each request committed before its answer, against the raw appender
 * writing as many rows with as many commits.
 *
 * @param {{ signal: keyof typeof signals, runs: number, connections: number }} options
 */
export async function otlpHttp({ signal, runs, connections }) {
  const { items, requests, perRequest, bodies, floor } = signals[signal];
  const colony = await prepareColony();
  const dir = await createTempDir({ prefix: 'coral-bench-' });
  const ours = [];
  const floors = [];
  for (let run = -1; run < runs; run += 1) {
    await colony.forget();
    const started = await colony.start();
    const seconds = await send(bodies(requests, Date.now()), connections, {
      port: started.otlpPort,
      path: `/v1/${signal}`,
      authorization: colony.authorization(),
    });
    await started.stop();
    const bare = appendBare(floor, [dir.file(`floor-${run}.duckdb`), requests, perRequest]);
    if (run === -1) continue; // Warms the caches.
    ours.push((requests * perRequest) / seconds);
    floors.push((requests * perRequest) / bare);
  }
  await colony.home.remove();
  await dir.remove();
  const rate = (/** @type {readonly number[]} */ rates) =>
    `${Math.round(median(rates) / 1000)} k/s`;
  return [
    {
      name: `OTLP/HTTP ${signal}, ${items}, ${connections} connection${connections > 1 ? 's' : ''}`,
      ours: rate(ours),
      floor: `${rate(floors)}: raw appender, same ${items} and commits`,
      ...pairedRatio(ours, floors),
      aim: '',
    },
  ];
}

/**
 * @param {readonly Uint8Array[]} bodies
 * @param {number} connections
 * @param {{ port: number, path: string, authorization: string }} to
 * @returns {Promise<number>} seconds
 */
async function send(bodies, connections, to) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const startedAt = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < bodies.length) await post(agent, to, bodies[next++]);
    }),
  );
  agent.destroy();
  return (performance.now() - startedAt) / 1000;
}

/**
 * @param {Agent} agent
 * @param {{ port: number, path: string, authorization: string }} to
 * @param {Uint8Array} body
 */
function post(agent, { port, path, authorization }, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization,
      'content-type': 'application/x-protobuf',
      'content-length': body.length,
    };
    const sent = request(
      { agent, port, host: '127.0.0.1', method: 'POST', path, headers },
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

/**
 * @param {string} floor
 * @param {readonly (string | number)[]} options
 * @returns {number} seconds
 */
function appendBare(floor, options) {
  const args = [floor, ...options.map(String)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const [, ms] = /ready ([\d.]+)/.exec(stdout) ?? [];
  if (!ms) throw new Error(`the raw appender failed: ${stderr}`);
  return Number(ms) / 1000;
}
