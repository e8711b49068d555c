import { createTempDir } from '@coral/testkit';
import { openDatabase } from '@coral/storage';
import { RemoteWriteDecoder, uncompressSnappy } from '@coral/telemetry';
import { connect } from 'node:net';
import { remoteWriteBodies, samplesPerBody, seriesCount } from './remote-write-bodies.mjs';
import { remoteWritePeers } from './remote-write-peers.mjs';
import { median, pairedRatio } from './statistics.mjs';

/** Long enough for what runs at the pace of minutes, and for code to be compiled. */
const scrapes = 150;
const everyMs = 10_000;
/** The first scrapes bring all series, which a receiver meets once. */
const scrapesBefore = 2;
/** How much faster than each peer a colony means to be. */
const aims = /** @type {Record<string, number>} */ ({ VictoriaMetrics: 1, Prometheus: 3 });

/**
 * Prometheus remote write into a running colony, each request committed before its answer, against
 * VictoriaMetrics and Prometheus' own receiver where they are installed: the same bytes, in turn.
 *
 * @param {{ runs: number, connections: number }} options
 */
export async function remoteWrite({ runs, connections }) {
  const peers = await remoteWritePeers();
  const rates = new Map(peers.map(({ name }) => [name, /** @type {number[]} */ ([])]));
  for (let run = 0; run < runs; run++) {
    const fromMs = Date.now() - (scrapes + scrapesBefore + 1) * everyMs;
    const before = remoteWriteBodies(scrapesBefore, fromMs, everyMs);
    const bodies = remoteWriteBodies(scrapes, fromMs + scrapesBefore * everyMs, everyMs);
    for (const peer of peers) {
      const receiver = await peer.start();
      await send(receiver, before, 1);
      const seconds = await send(receiver, bodies, connections);
      await receiver.stop();
      rates.get(peer.name)?.push((bodies.length * samplesPerBody) / seconds);
    }
  }
  for (const peer of peers) await peer.remove();
  const ours = rates.get('Coral') ?? [];
  const shown = (/** @type {readonly number[]} */ all) => `${Math.round(median(all) / 1000)} k/s`;
  const through = `${connections} connection${connections > 1 ? 's' : ''}`;
  const rows = [...rates].filter(([name]) => name !== 'Coral');
  const what = `remote write, samples of ${seriesCount} series, ${through}`;
  if (rows.length === 0) console.error('Neither VictoriaMetrics nor Prometheus is installed.');
  return rows.map(([name, theirs]) => ({
    name: what,
    ours: shown(ours),
    floor: `${shown(theirs)}: ${name}`,
    ...pairedRatio(ours, theirs),
    aim: `≥ ${aims[name]}`,
  }));
}

/**
 * Where the time of a request of 2,000 samples goes, in one process and without HTTP: the share of
 * decompressing, decoding, appending, and committing. A commit is that of a request with one sample. A colony
 * does the first two in one memory, which is less than both.
 */
export async function remoteWriteSteps() {
  const dir = await createTempDir({ prefix: 'coral-bench-' });
  const database = await openDatabase({ storagePath: dir.path, colonyId: 'bench-dev-000000' });
  const bodies = remoteWriteBodies(60, Date.now() - 61 * everyMs, everyMs);
  const decoder = new RemoteWriteDecoder();
  const times = { decompress: 0, decode: 0, read: 0, store: 0, commit: 0 };
  let measured = 0;
  for (const [i, body] of bodies.entries()) {
    const t0 = performance.now();
    const bytes = uncompressSnappy(body, 1e8);
    const t1 = performance.now();
    decoder.decode(bytes);
    const t2 = performance.now();
    const { points } = decoder.decodeSnappy(body);
    const tRead = performance.now();
    await database.appendPoints(points);
    const t3 = performance.now();
    await database.appendPoints({ ...points, length: 1, bucketLength: 0 });
    const t4 = performance.now();
    if (i < 50) continue; // Series that are new, and code that is not compiled yet.
    measured += 1;
    times.decompress += t1 - t0;
    times.decode += t2 - t1;
    times.read += tRead - t2;
    times.store += t3 - tRead;
    times.commit += t4 - t3;
  }
  await database.close();
  await dir.remove();
  const whole = times.read + times.store;
  const steps = {
    decompress: times.decompress,
    decode: times.decode,
    'both in one memory': times.read,
    append: times.store - times.commit,
    commit: times.commit,
  };
  return Object.entries(steps).map(([step, ms]) => ({
    name: `remote write, a request of ${samplesPerBody} samples: ${step}`,
    ours: `${(ms / measured).toFixed(2)} ms`,
    floor: `${(whole / measured).toFixed(2)} ms: all, without HTTP`,
    ratio: ms / whole,
    aim: '',
  }));
}

/**
 * Sends requests in turn over some connections, those of one part of the series over the same one, as
 * the shards of a Prometheus do.
 *
 * @param {import('./remote-write-peers.mjs').Receiver} receiver
 * @param {readonly Buffer[]} bodies
 * @param {number} connections
 * @returns {Promise<number>} seconds
 */
async function send(receiver, bodies, connections) {
  const perScrape = seriesCount / samplesPerBody;
  const lanes = Array.from({ length: connections }, (_, lane) =>
    bodies
      .filter((_body, i) => (i % perScrape) % connections === lane)
      .map((body) => Buffer.concat([head(receiver, body.length), body])),
  );
  const startedAt = performance.now();
  await Promise.all(lanes.map((requests) => sendLane(receiver.port, requests)));
  return (performance.now() - startedAt) / 1000;
}

/** @param {import('./remote-write-peers.mjs').Receiver} receiver @param {number} length */
function head({ path, port, authorization }, length) {
  return Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Content-Type: application/x-protobuf',
      'Content-Encoding: snappy',
      'X-Prometheus-Remote-Write-Version: 0.1.0',
      ...(authorization ? [`Authorization: ${authorization}`] : []),
      `Content-Length: ${length}`,
      '',
      '',
    ].join('\r\n'),
  );
}

/**
 * One connection, one request after the other. A socket of our own: on two cores a whole HTTP client
 * would take time from the receiver.
 *
 * @param {number} port
 * @param {readonly Buffer[]} requests
 * @returns {Promise<void>}
 */
function sendLane(port, requests) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let next = 0;
    let answer = '';
    const sendNext = () => {
      if (next === requests.length) socket.end(resolve);
      else socket.write(/** @type {Buffer} */ (requests[next++]));
    };
    socket.on('connect', sendNext);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (!answer.includes('\r\n\r\n')) return;
      if (!/^HTTP\/1\.1 20[04] /.test(answer)) {
        reject(new Error(answer));
        socket.destroy();
        return;
      }
      answer = '';
      sendNext();
    });
  });
}
