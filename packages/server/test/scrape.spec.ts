import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { eventually, onTestEnd, useTempDir } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { startScraper, TargetRegistry } from '../src/index.js';
import type { ScraperOptions, ScrapeTarget } from '../src/index.js';
import { collectingLogger, startColony } from './use-colony.js';
import { startTarget } from './use-target.js';

/** A colony that scrapes these targets. */
async function scrape(of: readonly ScrapeTarget[], options: Partial<ScraperOptions> = {}) {
  const targets = new TargetRegistry(of);
  const colony = await startColony({ targets });
  const logger = collectingLogger(colony.log);
  const start = () => {
    const { database } = colony;
    const scraper = startScraper({ database, targets, logger, version: '1.2.3', ...options });
    onTestEnd(() => scraper.stop());
    return scraper;
  };
  const scraper = start();
  const status = (index = 0) => targets.list()[index]!;
  const scrapes = (more: number) => {
    const enough = status().scrapes + more;
    return eventually(() => status().scrapes >= enough);
  };
  /** Every number that was stored of a metric, oldest first. */
  const numbers = async (metric: string) =>
    (
      await colony.sql(`SELECT p.value FROM points p JOIN series s USING (series_id)
        WHERE s.metric_name = '${metric}' ORDER BY p.time`)
    ).map(([value]) => value);
  const events = async () =>
    (await colony.database.listEvents()).reverse().map(({ eventType }) => eventType);
  return { ...colony, targets, scraper, start, status, scrapes, numbers, events };
}

const text = (n: number) => `# TYPE requests_total counter
requests_total{code="200"} ${n}
# TYPE latency_seconds histogram
latency_seconds_bucket{le="0.1"} ${n}
latency_seconds_bucket{le="+Inf"} ${n + 1}
latency_seconds_sum ${n / 10}
latency_seconds_count ${n + 1}
`;

describe('startScraper', () => {
  it('stores what a target serves, and how the scrape went, under its labels', async () => {
    const target = await startTarget(text(5), { labels: { env: 'dev' } });
    const colony = await scrape([target.target]);
    await colony.scrapes(2);
    await colony.scraper.stop();
    const series = await colony.sql(
      'SELECT service_id, metric_name, kind, attributes FROM series ORDER BY ALL',
    );
    expect(series).toEqual([
      ['shop', 'latency_seconds', 'histogram_bucket', '{"env":"dev"}'],
      ['shop', 'latency_seconds', 'histogram_bucket', '{"env":"dev"}'],
      ['shop', 'latency_seconds_count', 'sum', '{"env":"dev"}'],
      ['shop', 'latency_seconds_sum', 'sum', '{"env":"dev"}'],
      ['shop', 'requests_total', 'sum', '{"code":"200","env":"dev"}'],
      ['shop', 'scrape_duration_seconds', 'gauge', '{"env":"dev"}'],
      ['shop', 'scrape_samples_scraped', 'gauge', '{"env":"dev"}'],
      ['shop', 'up', 'gauge', '{"env":"dev"}'],
    ]);
    const { scrapes } = colony.status();
    expect(await colony.numbers('up')).toEqual(Array(scrapes).fill(1));
    expect(await colony.numbers('scrape_samples_scraped')).toEqual(Array(scrapes).fill(5));
    const buckets = await colony.sql(`SELECT DISTINCT s.bounds, p.value
      FROM points p JOIN series s USING (series_id)
      WHERE s.kind = 'histogram_bucket' ORDER BY p.value`);
    expect(buckets).toEqual([
      [[0.1], 5],
      [[], 6],
    ]);
    expect(await colony.database.getService('shop')).toMatchObject({
      name: 'shop',
      agentId: target.target.instance,
      status: 'running',
    });
    expect(colony.log.filter(({ level }) => level !== 'debug' && level !== 'info')).toEqual([]);
    expect(await colony.events()).toEqual([]);
  });

  it('names services by the labels that it is told', async () => {
    const target = await startTarget('a{team="red"} 1\n', { labels: { app: 'web' } });
    const labelMapping = { serviceLabels: ['team', 'app'], perInstance: ['web'] };
    const colony = await scrape([target.target], { labelMapping });
    await colony.scrapes(1);
    await colony.scraper.stop();
    const services = await colony.sql('SELECT DISTINCT metric_name, service_id FROM series');
    const { instance } = target.target;
    expect(services).toEqual(
      expect.arrayContaining([
        ['a', 'red'],
        ['up', `web/${instance}`],
      ]),
    );
  });

  it('asks for OpenMetrics, over one connection, and says who it is and how long it waits', async () => {
    const target = await startTarget((_request, response) => {
      response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0');
      response.end('# TYPE jobs counter\njobs_total 3 # {trace_id="x"} 1\n# EOF\n');
    });
    const colony = await scrape([target.target]);
    await colony.scrapes(4);
    expect(target.connections()).toBe(1);
    expect(target.requests[0]!.headers).toMatchObject({
      accept: expect.stringMatching(/^application\/openmetrics-text;version=1\.0\.0;/),
      'accept-encoding': 'gzip',
      'user-agent': 'Coral/1.2.3',
      'x-prometheus-scrape-timeout-seconds': '5',
    });
    expect((await colony.numbers('jobs_total'))[0]).toBe(3);
  });

  it('takes gzip', async () => {
    const target = await startTarget((_request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(text(5)));
    });
    const colony = await scrape([target.target]);
    await colony.scrapes(1);
    expect(colony.status()).toMatchObject({ state: 'up', samples: 5 });
  });

  it('shows secrets that it reads from files, anew each time', async () => {
    const dir = useTempDir();
    await writeFile(dir.file('token'), 'one\n');
    await writeFile(dir.file('password'), 'pass');
    const token = await startTarget('a 1\n', { bearerTokenFile: dir.file('token') });
    const basicAuth = { username: 'ann', passwordFile: dir.file('password') };
    const basic = await startTarget('a 1\n', { basicAuth });
    const absent = await startTarget('a 1\n', { bearerTokenFile: dir.file('absent') });
    const colony = await scrape([token.target, basic.target, absent.target]);
    await colony.scrapes(1);
    await eventually(() => basic.requests.length > 0);
    await eventually(() => colony.status(2).scrapes > 0);
    expect(token.requests[0]!.headers.authorization).toBe('Bearer one');
    expect(basic.requests[0]!.headers.authorization).toBe(`Basic ${btoa('ann:pass')}`);
    expect(absent.requests).toEqual([]);
    expect(colony.status(2).lastError!.message).toMatch(/ENOENT/);
    await writeFile(dir.file('token'), 'two');
    await eventually(() => token.requests.at(-1)!.headers.authorization === 'Bearer two');
    await writeFile(dir.file('token'), 'three\nfour');
    await eventually(() => colony.status().state === 'down');
    expect(JSON.stringify([colony.log, colony.targets.list()])).not.toMatch(/three|four/);
  });

  it('tells once that a target is down and once that it is back, also across a restart', async () => {
    const target = await startTarget(text(5));
    const colony = await scrape([target.target]);
    await colony.scrapes(2);
    await target.stop();
    await eventually(() => colony.status().failuresInARow >= 3);
    expect(colony.status()).toMatchObject({
      state: 'down',
      lastError: { message: expect.stringContaining('ECONNREFUSED') },
    });
    expect(await colony.events()).toEqual(['target_down']);
    const [event] = await colony.database.listEvents();
    const { job, instance, url } = target.target;
    expect(event).toMatchObject({
      serviceId: 'shop',
      details: { job, instance, url, error: expect.stringContaining('ECONNREFUSED') },
    });

    await colony.scraper.stop();
    const again = colony.start();
    await colony.scrapes(3);
    expect(await colony.events()).toEqual(['target_down']);
    await target.start();
    await eventually(() => colony.status().state === 'up');
    await colony.scrapes(2);
    await again.stop();
    expect(await colony.events()).toEqual(['target_down', 'target_up']);
    expect(
      colony.log.filter(({ message }) => /target is (?:down|back)/.test(message)),
    ).toHaveLength(2);
    const up = await colony.numbers('up');
    expect([up[0], up.at(-1)]).toEqual([1, 1]);
    expect(up.filter((value) => value === 0)).toHaveLength(colony.status().failures);
    expect(await colony.numbers('scrape_samples_scraped')).toContain(0);
  });

  it('starts, and scrapes the others, when a target was never there', async () => {
    const target = await startTarget(text(5));
    const nowhere = {
      ...target.target,
      instance: '127.0.0.1:1',
      url: 'http://127.0.0.1:1/metrics',
    };
    const unknown = { ...target.target, instance: 'x:1', url: 'http://nowhere.invalid:1/metrics' };
    const colony = await scrape([nowhere, unknown, target.target]);
    await eventually(() => colony.targets.list().every(({ scrapes }) => scrapes > 0));
    const states = () => colony.targets.list().map(({ state }) => state);
    expect(states()).toEqual(['down', 'down', 'up']);
    expect(colony.status(1).lastError!.message).toMatch(/nowhere\.invalid/);
    // The event follows the state, by one commit.
    await eventually(async () => {
      expect(await colony.events()).toEqual(['target_down', 'target_down']);
    });
  });

  it.each<[string, (origin: string) => Parameters<typeof startTarget>[0]]>([
    ['the target answered 404', () => (_request, response) => void response.writeHead(404).end()],
    [
      'the target answered 302, and redirects are not followed',
      (origin) => (_request, response) =>
        void response.writeHead(302, { location: `${origin}/elsewhere` }).end(),
    ],
    ['Line 1: a sample', () => '<!doctype html>\n'],
    ['Line 2: a sample', () => 'a 1\nb{x="\n'],
    [
      'the text ends without # EOF',
      () => (_request, response) => {
        response.setHeader('content-type', 'application/openmetrics-text');
        response.end('a 1\n');
      },
    ],
    ['the target answered with more than 1000 bytes', () => 'a 1\n'.repeat(500)],
    [
      'the target answered with more than 1000 bytes',
      () => (_request, response) => {
        response.setHeader('content-encoding', 'gzip');
        response.end(gzipSync(Buffer.alloc(10_000_000, 0x0a)));
      },
    ],
    [
      'the target answered in br',
      () => (_request, response) => {
        response.setHeader('content-encoding', 'br');
        response.end('x');
      },
    ],
    [
      'incorrect header check',
      () => (_request, response) => {
        response.setHeader('content-encoding', 'gzip');
        response.end('not gzip');
      },
    ],
    [
      'aborted',
      () => (_request, response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('a 1\n', () => response.destroy());
      },
    ],
    ['no answer within 0.1 s', () => () => undefined],
    [
      'no answer within 0.1 s',
      () => (_request, response) => {
        response.writeHead(200);
        response.write('a 1\n');
      },
    ],
  ])('calls a target down when %s, and stores nothing of that', async (problem, answer) => {
    // Short only where nothing answers: a busy machine is not to be taken for a silent target.
    const timeoutMs = problem.startsWith('no answer') ? 100 : 10_000;
    const target = await startTarget('a 1\n', { timeoutMs });
    target.serve(answer(new URL(target.target.url).origin));
    const colony = await scrape([target.target], { maxBytes: 1_000 });
    await colony.scrapes(1);
    expect(colony.status()).toMatchObject({
      state: 'down',
      samples: 0,
      lastError: { message: expect.stringContaining(problem) },
    });
    expect(target.requests.map(({ url }) => url)).not.toContain('/elsewhere');
    await colony.scraper.stop();
    expect(await colony.sql("SELECT * FROM series WHERE metric_name = 'a'")).toEqual([]);
    expect((await colony.numbers('up'))[0]).toBe(0);
  });

  it('goes on with a target that is well again after any of that', async () => {
    const target = await startTarget('broken');
    const colony = await scrape([target.target]);
    await colony.scrapes(1);
    target.serve(text(7));
    await eventually(() => colony.status().state === 'up');
    await eventually(async () => (await colony.numbers('requests_total')).includes(7));
  });

  it('sees a counter that starts over, and counts on', async () => {
    let n = 100;
    const target = await startTarget((_request, response) => response.end(text((n += 10))));
    const colony = await scrape([target.target]);
    await colony.scrapes(3);
    n = 0;
    await colony.scrapes(3);
    await colony.scraper.stop();
    const values = (await colony.numbers('requests_total')) as number[];
    let increase = 0;
    values.forEach((value, i) => {
      if (i > 0) increase += value >= values[i - 1]! ? value - values[i - 1]! : value;
    });
    expect(values.some((value, i) => i > 0 && value < values[i - 1]!)).toBe(true);
    await colony.database.summarise();
    const summaries = await colony.database.listMetricSummaries({ metricName: 'requests_total' });
    const sum = summaries.reduce((all, { mean, count }) => all + mean! * count!, 0);
    expect(sum).toBeCloseTo(increase, 6);
    const histogram = await colony.database.listMetricSummaries({ metricName: 'latency_seconds' });
    expect(histogram[0]!.count).toBeGreaterThan(0);
  });

  it('rejects samples that cannot be stored, keeps the others, and tells how many', async () => {
    const target = await startTarget('a 1\na 2\nb 1 1\nc 3\n');
    const colony = await scrape([target.target]);
    await colony.scrapes(1);
    expect(colony.status()).toMatchObject({ state: 'up', samples: 4, rejected: 2 });
    expect(await colony.numbers('b')).toEqual([]);
    expect((await colony.numbers('c'))[0]).toBe(3);
  });

  it('tells once that the store takes nothing, and goes on when it does again', async () => {
    const target = await startTarget(text(5));
    let isBroken = true;
    const appended: number[] = [];
    const colony = await scrape([target.target], {
      database: {
        appendPoints: async (points) => {
          if (isBroken) throw new Error('no room');
          appended.push(points.length);
          return { accepted: points.length, rejected: [] };
        },
        recordEvent: async () => 1,
        listEvents: async () => [],
      },
    });
    await colony.scrapes(3);
    expect(colony.status()).toMatchObject({
      state: 'up',
      lastError: { message: 'not stored: no room' },
    });
    isBroken = false;
    await eventually(() => appended.length > 2);
    await colony.scraper.stop();
    expect(colony.log.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(colony.log.some(({ message }) => /stored again/.test(message))).toBe(true);
  });

  it('is shown in the status, from before the first scrape', async () => {
    const target = await startTarget(text(5));
    const slow = { ...target.target, instance: 'slow:1', intervalMs: 60_000 };
    const colony = await scrape([target.target, slow]);
    const asked = async () => {
      const response = await fetch(`${colony.url}/api/v1/status`, { headers: colony.auth });
      return ((await response.json()) as { scrape: Record<string, unknown>[] }).scrape;
    };
    expect((await asked())[1]).toMatchObject({ instance: 'slow:1', state: 'waiting', scrapes: 0 });
    await colony.scrapes(1);
    const { job, instance, url } = target.target;
    expect((await asked())[0]).toEqual({
      job,
      instance,
      url,
      state: 'up',
      scrapes: expect.any(Number),
      failures: 0,
      failures_in_a_row: 0,
      last_scrape_at: expect.any(String),
      last_duration_ms: expect.any(Number),
      samples: 5,
      rejected: 0,
      last_error: null,
    });
  });

  it('stops at once, in the middle of a scrape, and says nothing about its target', async () => {
    const target = await startTarget(() => undefined, { timeoutMs: 60_000 });
    const colony = await scrape([target.target]);
    await eventually(() => target.requests.length === 1);
    await colony.scraper.stop();
    await colony.scraper.stop();
    expect(colony.status()).toMatchObject({ state: 'waiting', scrapes: 0 });
    expect(await colony.events()).toEqual([]);
  });
});
