import { Agent } from 'node:http';
import { poster } from './poster.mjs';
import { prepareColony } from './processes.mjs';
import { remoteWriteBodies, samplesPerBody, seriesCount } from './remote-write-bodies.mjs';
import { median } from './statistics.mjs';

const hours = 24;
const everyMs = 60_000;
const liveEveryMs = 2_000;
const quietMs = 20_000;
const longestCatchUpMs = 15 * 60_000;
const headers = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};

/**
 * A sender makes up for a day's outage, as fast as it is answered, while another one goes on: how long
 * until the day's summaries are there, and what the live requests notice of it.
 */
export async function backlog() {
  const colony = await prepareColony();
  colony.env['CORAL_ACCEPT_LATE'] = '25h';
  const started = await colony.start();
  const agent = new Agent({ keepAlive: true });
  const post = poster(agent, colony.authorization());
  const send = (/** @type {Uint8Array} */ body) =>
    post(started.port, '/api/v1/write', body, headers);

  let liveMs = /** @type {number[]} */ ([]);
  let isLive = true;
  const live = (async () => {
    while (isLive) {
      const dueAt = Date.now() + liveEveryMs;
      for (const body of remoteWriteBodies(1, Date.now(), liveEveryMs)) {
        const startedAt = performance.now();
        await send(body);
        liveMs.push(performance.now() - startedAt);
      }
      await pause(Math.max(0, dueAt - Date.now()));
    }
  })();
  await pause(quietMs);
  const before = liveMs;
  liveMs = [];

  const scrapes = (hours * 3_600_000) / everyMs;
  const fromMs = Math.floor(Date.now() / everyMs) * everyMs - scrapes * everyMs;
  const startedAt = performance.now();
  for (let scrape = 0; scrape < scrapes; scrape += 1) {
    for (const body of remoteWriteBodies(1, fromMs + scrape * everyMs, everyMs)) await send(body);
  }
  const sentMs = performance.now() - startedAt;
  while (windowsLeft(colony) > 2) {
    if (performance.now() - startedAt > sentMs + longestCatchUpMs) {
      throw new Error(`${windowsLeft(colony)} windows have no summary yet`);
    }
    await pause(2_000);
  }
  const caughtUpMs = performance.now() - startedAt;
  isLive = false;
  await live;
  agent.destroy();
  await started.stop();
  await colony.home.remove();

  const what = `a day of ${seriesCount / 1000} k series, a sample a minute`;
  const samples = scrapes * seriesCount;
  return [
    {
      name: `${what}, sent as fast as it is answered and summarised`,
      ours: `${(caughtUpMs / 1000).toFixed(0)} s`,
      floor: `${(sentMs / 1000).toFixed(0)} s: sending it, ${Math.round(samples / sentMs)} k samples/s`,
      ratio: caughtUpMs / sentMs,
      aim: '',
    },
    {
      name: `live requests of ${samplesPerBody} samples meanwhile, median`,
      ours: `${median(liveMs).toFixed(0)} ms`,
      floor: `${median(before).toFixed(0)} ms: before`,
      ratio: median(liveMs) / median(before),
      aim: '',
    },
  ];
}

/** Windows whose points are newer than their summaries. @param {{ ask(args: readonly string[]): string }} colony */
function windowsLeft(colony) {
  const [row] = JSON.parse(
    colony.ask(['sql', 'SELECT count(*) AS windows FROM dirty_windows', '--json']),
  );
  return Number(row.windows);
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
