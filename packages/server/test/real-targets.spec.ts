import { eventually, onTestEnd, seededRandom } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import client from 'prom-client';
import type { OpenMetricsContentType, PrometheusContentType } from 'prom-client';
import { startScraper, TargetRegistry } from '../src/index.js';
import { collectingLogger, startColony } from './use-colony.js';
import { startTarget } from './use-target.js';

type ContentType = PrometheusContentType | OpenMetricsContentType;

/** A program as users write it, with an instrument of each kind. */
function instrumentedProgram(contentType: ContentType) {
  const registry = new client.Registry<ContentType>();
  registry.setContentType(contentType);
  const registers = [registry];
  return {
    registry,
    requests: new client.Counter({
      name: 'http_requests_total',
      help: 'Requests.\nOf "all" kinds.',
      labelNames: ['code', 'path'] as const,
      registers,
    }),
    depth: new client.Gauge({ name: 'queue_depth', help: 'Depth.', registers }),
    latency: new client.Histogram({
      name: 'latency_seconds',
      help: 'Latency.',
      labelNames: ['path'] as const,
      buckets: [0.01, 0.1, 1, 10],
      registers,
    }),
    size: new client.Summary({
      name: 'size_bytes',
      help: 'Sizes.',
      percentiles: [0.5, 0.99],
      registers,
    }),
  };
}

describe.each<[string, ContentType]>([
  ['the text format', client.Registry.PROMETHEUS_CONTENT_TYPE],
  ['OpenMetrics', client.Registry.OPENMETRICS_CONTENT_TYPE],
])('a program that uses prom-client, in %s', (_format, contentType) => {
  it('is stored with the numbers that it has', async () => {
    const random = seededRandom();
    const { registry, requests, depth, latency, size } = instrumentedProgram(contentType);
    client.collectDefaultMetrics({ register: registry as client.Registry });
    const paths = ['/', '/a "b"\\c\n', '/é{}'];
    const counts = new Map(paths.map((path) => [path, 0]));
    const buckets = new Map(paths.map((path) => [path, [0, 0, 0, 0, 0]]));
    const sums = new Map(paths.map((path) => [path, 0]));
    const serve = () => {
      for (let i = 0; i < 50; i++) {
        const path = random.pick(paths);
        requests.inc({ code: '200', path });
        counts.set(path, counts.get(path)! + 1);
        const seconds = random.lognormal(-2, 2);
        latency.observe({ path }, seconds);
        sums.set(path, sums.get(path)! + seconds);
        buckets.get(path)![[0.01, 0.1, 1, 10, Infinity].findIndex((bound) => seconds <= bound)]! +=
          1;
        size.observe(random.integer(1, 1_000));
      }
      depth.set(random.normal(0, 100));
    };
    serve();
    const target = await startTarget(async (_request, response) => {
      const text = await registry.metrics();
      response.setHeader('content-type', registry.contentType);
      response.end(text);
    });
    const targets = new TargetRegistry([target.target]);
    const colony = await startColony({ targets });
    const { database } = colony;
    const logger = collectingLogger(colony.log);
    const scraper = startScraper({ database, targets, logger, version: '1.2.3' });
    onTestEnd(() => scraper.stop());
    const status = () => targets.list()[0]!;
    for (let round = 1; round <= 3; round++) {
      await eventually(() => status().scrapes >= round * 2);
      serve();
    }
    const before = status().scrapes;
    await eventually(() => status().scrapes >= before + 2);
    await scraper.stop();
    expect(status()).toMatchObject({ state: 'up', failures: 0, rejected: 0 });

    const last = await colony.sql(`SELECT s.metric_name, s.attributes, last(p.value ORDER BY p.time)
      FROM points p JOIN series s USING (series_id) GROUP BY ALL`);
    const value = (name: string, labels: object = {}) =>
      last.find(
        ([metric, attributes]) => metric === name && attributes === JSON.stringify(labels),
      )?.[2];
    for (const path of paths) {
      expect(value('http_requests_total', { code: '200', path })).toBe(counts.get(path));
    }
    expect(value('queue_depth')).toBe((await depth.get()).values[0]!.value);
    for (const { metricName, value: exact, labels } of (await size.get()).values) {
      const quantile = labels.quantile === undefined ? '' : `_p${Number(labels.quantile) * 100}`;
      expect(value((metricName ?? 'size_bytes') + quantile)).toBe(exact);
    }
    expect(value('process_start_time_seconds')).toBeGreaterThan(1e9);

    const histograms = await colony.sql(`SELECT attributes, list([bound, value] ORDER BY bound)
      FROM (SELECT s.attributes, coalesce(s.bounds[1], 1e9) AS bound,
          last(p.value ORDER BY p.time) AS value
        FROM points p JOIN series s USING (series_id)
        WHERE s.kind = 'histogram_bucket' AND s.metric_name = 'latency_seconds' GROUP BY ALL)
      GROUP BY ALL`);
    expect(histograms).toHaveLength(paths.length);
    for (const path of paths) {
      const attributes = JSON.stringify({ path });
      let below = 0;
      const totals = buckets.get(path)!.map((n) => (below += n));
      expect(histograms.find(([own]) => own === attributes)![1]).toEqual(
        [0.01, 0.1, 1, 10, 1e9].map((bound, i) => [bound, totals[i]]),
      );
      expect(value('latency_seconds_count', { path })).toBe(counts.get(path));
      expect(value('latency_seconds_sum', { path })).toBeCloseTo(sums.get(path)!, 9);
    }

    // What is asked for in the end: the increase since the first scrape, resets and repeats aside.
    await database.summarise();
    const summaries = await database.listMetricSummaries({ metricName: 'http_requests_total' });
    const increase = summaries.reduce((all, { mean, count }) => all + mean! * count!, 0);
    expect(increase).toBeCloseTo(150, 6);
  });
});
