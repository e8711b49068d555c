// A real Prometheus scrapes, and writes what it scraped to a colony. Then both are asked the same, over
// exactly the same samples, and must say the same.
//
// PromQL answers for a range of time, and extrapolates increases from the first and the last sample in it
// to its edges. A colony's window begins where the last sample before it was. So each question to
// Prometheus is about the range from that sample to the last one of the window, where nothing is left to
// extrapolate: the answers then agree but for the rounding of sums.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Database } from '@coral/storage';
import { eventually, freePort, onTestEnd, seededRandom, useTempDir } from '@coral/testkit';
import { useCoral } from './use-coral.js';
import type { RunningPrometheus } from './use-prometheus.js';
import { peers, startNodeExporter, startPrometheus, startTarget } from './use-prometheus.js';

const hasPeers = peers.prometheus !== undefined && peers.nodeExporter !== undefined;
const describeWithPrometheus = hasPeers ? describe : describe.skip;

const windowMs = 5 * 60_000;
const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** A service with a gauge, a counter and a histogram; it restarts once, at the eighth scrape. */
function instrumentedShop(): () => string {
  const random = seededRandom();
  const routes = ['/cart', '/pay'];
  let values: number[][] = routes.map(() => []);
  let scrapes = 0;
  return () => {
    scrapes += 1;
    if (scrapes === 8) values = routes.map(() => []);
    const lines = [
      '# TYPE queue_length gauge',
      `queue_length ${random.integer(0, 100)}`,
      '# TYPE latency_seconds histogram',
    ];
    for (const [i, route] of routes.entries()) {
      const all = values[i]!;
      for (let n = random.integer(3, 40); n > 0; n--) all.push(random.lognormal(-1.5 + i, 1));
      const atMost = (bound: number) => all.filter((value) => value <= bound).length;
      for (const le of bounds) {
        lines.push(`latency_seconds_bucket{route="${route}",le="${le}"} ${atMost(le)}`);
      }
      lines.push(
        `latency_seconds_bucket{route="${route}",le="+Inf"} ${all.length}`,
        `latency_seconds_sum{route="${route}"} ${all.reduce((a, b) => a + b, 0)}`,
        `latency_seconds_count{route="${route}"} ${all.length}`,
      );
    }
    const total = values.reduce((sum, { length }) => sum + length, 0);
    return [...lines, '# TYPE orders_total counter', `orders_total ${total}`, ''].join('\n');
  };
}

/** The samples of one job in one window: when its scrapes were, ms. */
interface Window {
  readonly startMs: number;
  readonly job: string;
  readonly service: string;
  readonly first: number;
  readonly last: number;
  /** The last scrape before the window. */
  readonly before: number | undefined;
}

/** A PromQL range over exactly the samples from one time to another, both included. */
const over = (fromMs: number, toMs: number) =>
  `[${Math.max(1, toMs - fromMs)}ms] @ ${(toMs / 1000).toFixed(3)}`;

describeWithPrometheus('a colony and the Prometheus that writes to it', () => {
  const coral = useCoral();
  const directory = useTempDir();

  it('agree on sums, averages, maxima, rates and quantiles', async () => {
    const colonyId = await coral.init('shop');
    const port = await freePort();
    const { process: colony } = await coral.start(['--port', String(port), '--no-self-metrics']);
    const node = await startNodeExporter();
    const shop = await startTarget(instrumentedShop());
    const yaml = (scrapes: string) => `
global: { scrape_interval: 1s, scrape_timeout: 900ms }
scrape_configs: ${scrapes}
remote_write:
  - url: http://127.0.0.1:${port}/api/v1/write
    queue_config: { batch_send_deadline: 200ms, max_shards: 4, min_shards: 4 }
    metadata_config: { send_interval: 1s }
`;
    const jobs = `
  - { job_name: node, static_configs: [{ targets: ['${node}'] }] }
  - { job_name: shop, static_configs: [{ targets: ['${shop}'] }] }`;
    const prometheus = await startPrometheus(directory.path, yaml(jobs));
    const scraped = async (job: string) =>
      (await prometheus.query(`count_over_time(up{job="${job}"}[10m])`))[0]?.value ?? 0;
    await eventually(async () => expect(await scraped('shop')).toBeGreaterThan(14), {
      timeoutMs: 60_000,
      intervalMs: 200,
    });
    // No more scrapes: what is asked from here on does not change any more.
    await writeFile(join(directory.path, 'prometheus.yml'), yaml('[]'));
    prometheus.process.signal('SIGHUP');
    await prometheus.process.waitForOutput(
      /Completed loading of configuration file[^\n]*\n[\s\S]*Completed loading of configuration file/,
    );
    await eventually(
      async () => {
        const [stored] = await coral.json<{ n: number }[]>([
          'sql',
          `SELECT count(*) AS n FROM points JOIN series USING (series_id) WHERE metric_name = 'up'`,
        ]);
        expect(stored!.n).toBe((await scraped('node')) + (await scraped('shop')));
      },
      { timeoutMs: 30_000, intervalMs: 300 },
    );
    await colony.terminate();

    // A clock after the window: its rate is over its whole length.
    const { openDatabase } = await import('@coral/storage');
    const database = await openDatabase({
      storagePath: join(coral.project, '.coral'),
      colonyId,
      now: () => Date.now() + 2 * windowMs,
    });
    onTestEnd(() => database.close());
    await database.summarise();
    const windows = await windowsOf(database);
    expect(windows.length).toBeGreaterThanOrEqual(2);
    let compared = 0;
    for (const window of windows) compared += await compareNumbers(database, prometheus, window);
    // The node exporter alone has hundreds of metrics.
    expect(compared).toBeGreaterThan(150);
    for (const window of windows.filter(({ job }) => job === 'shop')) {
      await compareHistogram(database, prometheus, window);
      await compareRate(database, prometheus, window);
    }
  }, 150_000);

  /** Where the samples of each job are, by its scrapes that succeeded. */
  async function windowsOf(database: Database): Promise<Window[]> {
    const rows = await ask<{ job: string; service: string; times: number[] }>(
      database,
      `SELECT coalesce(attributes ->> 'job', split_part(service_id, '/', 1)) AS job,
         service_id AS service, list(epoch_ms(time) ORDER BY time) AS times
       FROM points JOIN series USING (series_id)
       WHERE metric_name = 'up' AND value = 1 GROUP BY ALL`,
    );
    return rows.flatMap(({ job, service, times }) => {
      const starts = new Set(times.map((ms) => Math.floor(ms / windowMs) * windowMs));
      return [...starts].map((startMs): Window => {
        const inside = times.filter((ms) => ms >= startMs && ms < startMs + windowMs);
        const before = times.filter((ms) => ms < startMs).at(-1);
        return { startMs, job, service, first: inside[0]!, last: inside.at(-1)!, before };
      });
    });
  }

  /** @returns how many metrics were compared */
  async function compareNumbers(
    database: Database,
    prometheus: RunningPrometheus,
    window: Window,
  ): Promise<number> {
    const { startMs, job, service, first, last, before } = window;
    // A metric whose type was learnt halfway has two kinds of series, and is left out.
    const kinds = await ask<{ metric: string; kind: string; series: number }>(
      database,
      `SELECT metric_name AS metric, any_value(kind) AS kind, count(*) AS series FROM series
       WHERE service_id = '${service}' GROUP BY ALL HAVING count(DISTINCT kind) = 1`,
    );
    const rows = await database.listMetricSummaries({
      serviceId: service,
      interval: '5m',
      limit: 10_000,
    });
    const inWindow = rows.filter(({ timestamp }) => timestamp.getTime() === startMs);
    let compared = 0;
    const compare = async (metric: string, kind: string, series: number): Promise<void> => {
      const row = inWindow.find(({ metricName }) => metricName === metric);
      const selector = `${metric}{job="${job}"}`;
      const ask1 = async (promql: string) => (await prometheus.query(promql))[0]?.value;
      // Series that come or go in between begin counting elsewhere.
      const lasting = await ask1(
        `count(${selector} @ ${(before ?? first) / 1000} + ${selector} @ ${last / 1000})`,
      );
      if (lasting !== series) return;
      if (kind === 'sum') {
        const increase = await ask1(`sum(increase(${selector}${over(before ?? first, last)}))`);
        // One sample is where counting starts: there is no increase, and no row.
        if (increase === undefined || row === undefined) return;
        close(row.mean! * row.count!, increase, metric);
      } else if (kind === 'gauge') {
        const range = `${selector}${over(first, last)}`;
        const [sum, count, max] = await Promise.all([
          ask1(`sum(sum_over_time(${range}))`),
          ask1(`sum(count_over_time(${range}))`),
          ask1(`max(max_over_time(${range}))`),
        ]);
        if (!Number.isFinite(sum!)) return;
        expect([metric, row!.count, row!.max]).toEqual([metric, count, max]);
        close(row!.mean!, sum! / count!, metric);
        if (series === 1) {
          close(row!.p95!, (await ask1(`quantile_over_time(0.95, ${range})`))!, metric);
        }
      } else return;
      compared += 1;
    };
    for (let at = 0; at < kinds.length; at += 10) {
      const some = kinds.slice(at, at + 10);
      await Promise.all(some.map(({ metric, kind, series }) => compare(metric, kind, series)));
    }
    return compared;
  }

  async function compareHistogram(
    database: Database,
    prometheus: RunningPrometheus,
    { startMs, first, last, before }: Window,
  ): Promise<void> {
    const from = before ?? first;
    if (from === last) return;
    const rows = await database.listMetricSummaries({
      serviceId: 'shop',
      metricName: 'latency_seconds',
      interval: '5m',
    });
    const row = rows.find(({ timestamp }) => timestamp.getTime() === startMs)!;
    const rise = (name: string, by = '') => `sum ${by}(increase(${name}${over(from, last)}))`;
    const ask1 = async (promql: string) => (await prometheus.query(promql))[0]!.value;
    for (const [quantile, value] of [
      [0.5, row.p50],
      [0.95, row.p95],
      [0.99, row.p99],
    ] as const) {
      const buckets = rise('latency_seconds_bucket', 'by (le) ');
      close(value!, await ask1(`histogram_quantile(${quantile}, ${buckets})`), `q ${quantile}`);
    }
    expect(row.count).toBe(Math.round(await ask1(rise('latency_seconds_count'))));
    const mean = `${rise('latency_seconds_sum')} / ${rise('latency_seconds_count')}`;
    close(row.mean!, await ask1(mean), 'mean of the histogram');
  }

  /** A colony's rate is over its window; PromQL's, over the range that it is asked for. */
  async function compareRate(
    database: Database,
    prometheus: RunningPrometheus,
    { startMs, first, last, before }: Window,
  ): Promise<void> {
    const from = before ?? first;
    if (from === last) return;
    const { points } = await database.queryMetric({
      service: 'shop',
      metric: 'orders_total',
      from: new Date(startMs),
      to: new Date(startMs + windowMs),
      step: '5m',
      statistic: 'rate',
    });
    const [rate] = await prometheus.query(`rate(orders_total${over(from, last)})`);
    close(points[0]!.value * (windowMs / 1000), rate!.value * ((last - from) / 1000), 'rate');
  }

  async function ask<T>(database: Database, sql: string): Promise<T[]> {
    const { columns, rows } = await database.queryReadOnly(sql);
    const all: T[] = [];
    for await (const batch of rows) {
      for (const row of batch) {
        all.push(Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])) as T);
      }
    }
    return all;
  }

  /** Sums of thousands of doubles, added up in another order. */
  function close(ours: number, theirs: number, what: string): void {
    const difference = Math.abs(ours - theirs) / Math.max(Math.abs(theirs), 1e-12);
    if (theirs === 0 ? ours !== 0 : difference > 1e-9) {
      throw new Error(`${what}: the colony says ${ours}, Prometheus ${theirs}`);
    }
  }
});
