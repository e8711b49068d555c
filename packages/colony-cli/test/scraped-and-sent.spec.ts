// One colony scrapes a target, another is sent what a real Prometheus scrapes from the same target. Both
// must hold the same series and the same summaries.
//
// The two scrape at times of their own. So the target serves step after step, each with its time, and goes
// on when both have seen it: then both have the same samples.
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MetricTypes, RemoteWriteDecoder, uncompressSnappy } from '@coral/telemetry';
import { eventually, onTestEnd, seededRandom, useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { startRecordingProxy } from './recording-proxy.js';
import { useCoral } from './use-coral.js';
import type { CoralWorld } from './use-coral.js';
import { peers, startPrometheus, startTarget } from './use-prometheus.js';

const describeWithPrometheus = peers.prometheus === undefined ? describe.skip : describe;

const steps = 12;
/** The restart: counters and histograms begin again. */
const restart = 7;
const bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Every form that samples take, step after step. */
function program(): (step: number) => string[] {
  const random = seededRandom();
  let requests = 0;
  let latencies: number[] = [];
  return (step) => {
    if (step === restart) {
      requests = 0;
      latencies = [];
    }
    requests += random.integer(1, 50);
    for (let n = random.integer(3, 40); n > 0; n--) latencies.push(random.lognormal(-1, 1));
    const atMost = (bound: number) => latencies.filter((value) => value <= bound).length;
    return [
      String.raw`# HELP requests_total Requests, "quoted" \\ and é.`,
      '# TYPE requests_total counter',
      String.raw`requests_total{code="200",path="/a b\n\"c\"\\"} ${requests}`,
      String.raw`requests_total{ code = "500" , path="é", } ${requests / 2}e+00`,
      String.raw`requests_total{path="\t{},="} 1.048576e+06`,
      '# TYPE orders counter',
      `orders ${requests * 3}`,
      '# TYPE latency_seconds histogram',
      ...bounds.map((bound) => `latency_seconds_bucket{le="${bound}"} ${atMost(bound)}`),
      `latency_seconds_bucket{le="+Inf"} ${latencies.length}`,
      `latency_seconds_sum ${latencies.reduce((a, b) => a + b, 0)}`,
      `latency_seconds_count ${latencies.length}`,
      '# TYPE rpc_seconds summary',
      `rpc_seconds{quantile="0.5"} ${random.lognormal(-2, 1)}`,
      'rpc_seconds{quantile="0.99"} NaN',
      `rpc_seconds_sum ${requests / 8}`,
      `rpc_seconds_count ${requests}`,
      '# TYPE open_fds gauge',
      `open_fds ${random.integer(-20, 20)}`,
      '# TYPE small untyped',
      `small ${random.integer(1, 9)}e-07`,
      'large 123456789012345678',
      `mine{job="mine",env="theirs",empty=""} ${step}`,
      'no_labels{} .5',
    ];
  };
}

describeWithPrometheus('a colony that scrapes and one that is sent what Prometheus scrapes', () => {
  const scraping = useCoral();
  const sentTo = useCoral();
  const directory = useTempDir();

  it('hold the same series and summaries of the same target', async () => {
    const scrapingId = await scraping.init('shop');
    const sentToId = await sentTo.init('shop');
    const { process: receiver, run } = await sentTo.start(['--no-self-metrics']);
    const proxy = await startRecordingProxy({ port: run.port });

    const next = program();
    const isComment = (line: string) => line.startsWith('#');
    const typesOnly = next(0).filter(isComment).join('\n') + '\n';
    // Types alone, until the receiver has been told them.
    let step = -1;
    let text = typesOnly;
    const seenBy = new Set<string>();
    const advance = (): void => {
      step += 1;
      seenBy.clear();
      const timeMs = Date.now();
      const timed = (line: string) => (isComment(line) ? line : `${line} ${timeMs}`);
      text = step < steps ? `${next(step).map(timed).join('\n')}\n` : typesOnly;
    };
    const address = await startTarget((userAgent) => {
      const answer = text;
      if (step >= 0 && step < steps) seenBy.add(userAgent.split('/')[0]!);
      if (seenBy.size === 2) advance();
      return answer;
    });

    const prometheus = await startPrometheus(
      directory.path,
      `
scrape_configs:
  - job_name: shop
    scrape_interval: 500ms
    static_configs: [{ targets: ['${address}'], labels: { env: dev } }]
remote_write:
  - url: http://127.0.0.1:${proxy.port}/api/v1/write
    queue_config: { batch_send_deadline: 200ms, max_shards: 4, min_shards: 4 }
    metadata_config: { send_interval: 1s }
`,
    );
    const types = new MetricTypes();
    const decoder = new RemoteWriteDecoder({ types });
    let decoded = 0;
    await eventually(
      () => {
        while (decoded < proxy.answered.length) {
          decoder.decode(uncompressSnappy(proxy.answered[decoded++]!.body, 1e8));
        }
        expect(types.roleOf('orders', false)).toBe('counter');
      },
      { timeoutMs: 30_000 },
    );
    await appendFile(
      join(scraping.project, '.coral', 'config.yaml'),
      `scrape:\n  - { job: shop, targets: ['${address}'], interval: 1s, labels: { env: dev } }\n`,
    );
    const { process: scraper } = await scraping.start(['--no-self-metrics']);
    advance();
    await eventually(() => expect(step).toBe(steps), { timeoutMs: 90_000 });
    await eventually(async () => expect(await count(sentTo)).toBe(await count(scraping)), {
      timeoutMs: 30_000,
      intervalMs: 300,
    });
    expect(proxy.answered.filter(({ status }) => status !== 204)).toEqual([]);
    await prometheus.process.terminate();
    await scraper.terminate();
    await receiver.terminate();

    const mine = await contentsOf(scraping, scrapingId);
    const theirs = await contentsOf(sentTo, sentToId);
    expect(mine.series.filter(({ kind }) => kind === 'histogram_bucket')).toHaveLength(7);
    expect(mine.summaries.map(({ metricName }) => metricName)).toEqual(
      expect.arrayContaining(['latency_seconds', 'orders', 'rpc_seconds_p50', 'mine']),
    );
    expect(mine).toEqual(theirs);
  }, 240_000);

  /** Distinct samples of the target. */
  async function count(coral: CoralWorld): Promise<number> {
    const [row] = await coral.json<{ n: number }[]>([
      'sql',
      `SELECT count(DISTINCT (series_id, time)) AS n FROM points JOIN series USING (series_id)
       WHERE metric_name <> 'up' AND NOT starts_with(metric_name, 'scrape_')`,
    ]);
    expect(row!.n).toBeGreaterThan(0);
    return row!.n;
  }

  async function contentsOf(coral: CoralWorld, colonyId: string) {
    const { openDatabase } = await import('@coral/storage');
    const database = await openDatabase({
      storagePath: join(coral.project, '.coral'),
      colonyId,
      now: () => Date.now() + 10 * 60_000,
    });
    onTestEnd(() => database.close());
    await database.summarise();
    const { rows } = await database.queryReadOnly(
      `SELECT series_key, metric_name, kind, attributes, resource FROM series
       WHERE metric_name <> 'up' AND NOT starts_with(metric_name, 'scrape_') ORDER BY series_key`,
    );
    const series: { key: unknown; metricName: unknown; kind: unknown; labels: unknown }[] = [];
    for await (const batch of rows) {
      for (const [key, metricName, kind, ...labels] of batch) {
        series.push({ key, metricName, kind, labels });
      }
    }
    const all = await database.listMetricSummaries({ interval: '5m', limit: 10_000 });
    const summaries = all
      .filter(({ metricName }) => metricName !== 'up' && !metricName.startsWith('scrape_'))
      .map((row) => ({
        ...row,
        // Sums of doubles, added up in another order.
        mean: row.mean!.toPrecision(12),
      }))
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    return { series, summaries };
  }

  const sortKey = (row: { timestamp: Date; metricName: string; serviceId: string }) =>
    `${row.timestamp.toISOString()} ${row.serviceId} ${row.metricName}`;
});
