import { Agent } from 'node:http';
import { manySeries, manySeriesBodies, pointsPerBody } from './many-series-bodies.mjs';
import { poster } from './poster.mjs';
import { prepareColony, residentBytes } from './processes.mjs';

const connections = 4;
const topRateMs = 10_000;
/** Longer than a colony waits between two reports on itself. */
const halfRateMs = 25_000;
const readEveryMs = 50;

/**
 * What ingesting at half of the top rate does to everybody else: the event loop's delay as the colony
 * reports it, reads of a metric, memory; with 100,000 series, over OTLP/HTTP, each request committed
 * before its answer.
 */
export async function ingestUnderLoad() {
  const colony = await prepareColony();
  const started = await colony.start();
  const agent = new Agent({ keepAlive: true });
  try {
    return await measure(colony, started, agent);
  } finally {
    // Also after a refusal, as when other programs take the machine.
    agent.destroy();
    await started.stop();
    await colony.home.remove();
  }
}

/**
 * @param {Awaited<ReturnType<typeof prepareColony>>} colony
 * @param {Awaited<ReturnType<Awaited<ReturnType<typeof prepareColony>>['start']>>} started
 * @param {Agent} agent
 */
async function measure(colony, started, agent) {
  const post = poster(agent, colony.authorization());
  const bodies = manySeriesBodies();
  let sent = 0;
  const sendNext = async () => {
    const { body, stamp } = bodies[sent % bodies.length];
    sent += 1;
    stamp(Date.now());
    await post(started.otlpPort, '/v1/metrics', body, { 'content-type': 'application/x-protobuf' });
  };
  for (let n = 0; n < bodies.length; n += 1) await sendNext();

  let mostBytes = 0;
  const watch = setInterval(() => {
    mostBytes = Math.max(mostBytes, residentBytes(started.pid));
  }, 100);
  const sentBefore = sent;
  const topStartedAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() - topStartedAt < topRateMs) await sendNext();
    }),
  );
  const seconds = (performance.now() - topStartedAt) / 1000;
  const top = ((sent - sentBefore) * pointsPerBody) / seconds;

  const halfStartedAt = Date.now();
  const readsMs = /** @type {number[]} */ ([]);
  await Promise.all([
    atRate(top / 2 / pointsPerBody, halfRateMs, sendNext),
    atRate(1000 / readEveryMs, halfRateMs, async () => {
      const startedAt = performance.now();
      await post(started.port, '/coral.colony.v1.ColonyService/QueryMetric', query(), {
        'content-type': 'application/json',
      });
      readsMs.push(performance.now() - startedAt);
    }),
  ]);
  clearInterval(watch);
  const [delay] = JSON.parse(
    colony.ask([
      'sql',
      `SELECT max(value) * 1000 AS ms FROM points JOIN series USING (series_id)
       WHERE metric_name = 'nodejs.eventloop.delay.p99'
         AND time > make_timestamp(${(halfStartedAt + 10_500) * 1000})`,
      '--json',
    ]),
  );

  readsMs.sort((a, b) => a - b);
  const readMs = readsMs[Math.floor(readsMs.length * 0.99)];
  return [
    {
      name: `OTLP/HTTP metrics, data points of ${manySeries / 1000} k series, ${connections} connections`,
      ours: `${Math.round(top / 1000)} k/s`,
      floor: '250 k/s: aim',
      ratio: top / 250_000,
      aim: '≥ 1',
    },
    limited('event-loop delay p99 at half of that rate', delay.ms, 50, 'ms'),
    limited('reading a metric p99 at half of that rate', readMs, 100, 'ms'),
    limited('resident memory, at most, at the top rate', mostBytes / 1e6, 400, 'MB'),
  ];
}

/** @param {string} name @param {number} value @param {number} limit @param {string} unit */
function limited(name, value, limit, unit) {
  return {
    name,
    ours: `${value.toFixed(0)} ${unit}`,
    floor: `${limit} ${unit}: limit`,
    ratio: value / limit,
    aim: '≤ 1',
  };
}

function query() {
  const to = new Date();
  const from = new Date(to.getTime() - 3_600_000);
  return Buffer.from(
    JSON.stringify({
      serviceId: 'service-3',
      metricName: 'metric.number.7',
      from: from.toISOString(),
      to: to.toISOString(),
      statistic: 'METRIC_STATISTIC_P95',
    }),
  );
}

/**
 * Calls so many times a second, whether or not earlier calls have ended: a sender does not slow down
 * because the one before it waits.
 *
 * @param {number} perSecond @param {number} durationMs @param {() => Promise<void>} act
 */
async function atRate(perSecond, durationMs, act) {
  const startedAt = performance.now();
  const running = [];
  for (let n = 0; ; n += 1) {
    const dueAt = startedAt + (n * 1000) / perSecond;
    if (dueAt - startedAt >= durationMs) break;
    const wait = dueAt - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    running.push(act());
  }
  await Promise.all(running);
}
