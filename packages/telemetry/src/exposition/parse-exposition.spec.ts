import { describe, expect, it } from '@jest/globals';
import { assertSound, pointsOf } from '../../test/points-of.js';
import type { DecodeLimits } from '../decode-options.js';
import { parseExposition } from './parse-exposition.js';
import type { ParseExpositionOptions } from './parse-exposition.js';
import { ExpositionTarget } from './exposition-target.js';

const timeUs = 1_767_225_600_000_000;
const labels = { job: 'shop', instance: '10.0.0.1:8080' };
const newTarget = (limits: Partial<DecodeLimits> = {}) =>
  new ExpositionTarget({ labels, ...limits });

type Options = Partial<ParseExpositionOptions>;

function parse(text: string, options: Options = {}) {
  const bytes = new TextEncoder().encode(text);
  const result = parseExposition(bytes, {
    target: newTarget(),
    format: 'text',
    timeUs,
    ...options,
  });
  assertSound(result.points);
  return result;
}

/** What was stored, with the series spread out. */
function stored(text: string, options: Options = {}) {
  const { points, rejected } = parse(text, options);
  expect(rejected).toEqual([]);
  return pointsOf(points).map((point, i) => {
    const { kind, unit, temporality, monotonic, bounds, serviceId, resource } =
      points.series[points.seriesIndex[i]!]!;
    const attributes = JSON.parse(point.attributes) as unknown;
    return {
      ...point,
      kind,
      unit,
      temporality,
      monotonic,
      bounds,
      serviceId,
      resource,
      attributes,
    };
  });
}

const openMetrics = { format: 'openmetrics' } as const;

describe('parseExposition of the text format', () => {
  it('reads counters and gauges of a target, as the service of its job', () => {
    const text = `# HELP http_requests_total Requests.
# TYPE http_requests_total counter
http_requests_total{code="200",path="/a b"} 1027
http_requests_total{code="500",path="/"} 3 1767225590000
# TYPE process_open_fds gauge
process_open_fds 17.5
`;
    expect(stored(text)).toMatchObject([
      {
        name: 'http_requests_total',
        kind: 'sum',
        temporality: 'cumulative',
        monotonic: true,
        attributes: { code: '200', path: '/a b' },
        serviceId: 'shop',
        resource: '{"service.instance.id":"10.0.0.1:8080","service.name":"shop"}',
        timeUs,
        startTimeUs: 0,
        value: 1027,
      },
      { attributes: { code: '500', path: '/' }, timeUs: timeUs - 10_000_000, value: 3 },
      { name: 'process_open_fds', kind: 'gauge', temporality: 'unspecified', value: 17.5 },
    ]);
  });

  it('makes a series of every bucket of a classic histogram, as remote write does', () => {
    const text = `# TYPE latency_seconds histogram
latency_seconds_bucket{path="/",le="0.1"} 4
latency_seconds_bucket{path="/",le="+Inf"} 6
latency_seconds_sum{path="/"} 8.125
latency_seconds_count{path="/"} 6
`;
    const bucket = {
      name: 'latency_seconds',
      kind: 'histogram_bucket',
      temporality: 'cumulative',
      monotonic: true,
      unit: 's',
      attributes: { path: '/' },
    };
    expect(stored(text)).toMatchObject([
      { ...bucket, bounds: [0.1], value: 4 },
      { ...bucket, bounds: [], value: 6 },
      { name: 'latency_seconds_sum', kind: 'sum', monotonic: true, unit: 's', value: 8.125 },
      { name: 'latency_seconds_count', kind: 'sum', monotonic: true, unit: '', value: 6 },
    ]);
  });

  it('takes a bucket whose bound is no number for a counter with a label', () => {
    expect(stored('# TYPE a histogram\na_bucket{le="NaN"} 5\n')).toMatchObject([
      { name: 'a_bucket', kind: 'sum', attributes: { le: 'NaN' }, value: 5 },
    ]);
  });

  it('takes a summary apart, without the quantiles that nothing was observed for', () => {
    const text = `# TYPE rpc_seconds summary
rpc_seconds{quantile="0.5",method="a"} 0.25
rpc_seconds{quantile="0.999",method="a"} 0.75
rpc_seconds{quantile="1",method="a"} NaN
rpc_seconds_sum{method="a"} 2.5
rpc_seconds_count{method="a"} 10
`;
    expect(stored(text)).toMatchObject([
      { name: 'rpc_seconds_p50', kind: 'gauge', unit: 's', attributes: { method: 'a' } },
      { name: 'rpc_seconds_p99_9', kind: 'gauge', value: 0.75 },
      { name: 'rpc_seconds_sum', kind: 'sum', monotonic: true, unit: 's', value: 2.5 },
      { name: 'rpc_seconds_count', kind: 'sum', monotonic: true, unit: '', value: 10 },
    ]);
  });

  it('goes by the name where there is no type', () => {
    const text = `jobs_total 1
jobs 2
jobs_bucket{le="1"} 3
jobs_bucket 4
# TYPE up untyped
up 1
# TYPE foo counter
foo 1
foo_bar 1
`;
    expect(stored(text).map(({ name, kind }) => [name, kind])).toEqual([
      ['jobs_total', 'sum'],
      ['jobs', 'gauge'],
      ['jobs', 'histogram_bucket'],
      ['jobs_bucket', 'gauge'],
      ['up', 'gauge'],
      ['foo', 'sum'],
      ['foo_bar', 'gauge'],
    ]);
  });

  it('does not mind blanks, comments, line ends of Windows, and a missing last line end', () => {
    const text = `\n # anything\r\n#\n# TYPE\t a  gauge \n\ta { x = "1" , } \t 2 \t 1767225600000 \r\na{} 3`;
    expect(stored(text)).toMatchObject([
      { name: 'a', attributes: { x: '1' }, value: 2, timeUs: 1_767_225_600_000_000 },
      { name: 'a', attributes: {}, value: 3 },
    ]);
  });

  it('undoes escapes, and keeps braces, commas and hashes within quotes', () => {
    const [point] = stored(String.raw`a{x="q\"q",y="n\nn",z="b\\b",w="\t}, #é",v=""} 1` + '\n');
    expect(point!.attributes).toEqual({
      x: 'q"q',
      y: 'n\nn',
      z: String.raw`b\b`,
      w: String.raw`\t}, #é`,
    });
  });

  it('leaves out what is not finite, without a word', () => {
    const { points, samples, rejected } = parse('a 1\nb NaN\nc +Inf\nd -Inf\n');
    expect([points.length, samples, rejected]).toEqual([1, 4, []]);
  });

  it('keeps the first of two samples of one series and time', () => {
    const { points, rejected } = parse('a{x="1",y="2"} 1\na{y="2",x="1"} 2\na{x="1",y="2"} 3 5\n');
    expect(pointsOf(points).map(({ value }) => value)).toEqual([1, 3]);
    expect(rejected).toEqual([{ reason: 'duplicate_sample', count: 1 }]);
  });

  it.each([
    ['a\n', 1, 'no value'],
    ['a 1\nb x\n', 2, 'no number'],
    ['a 1 2 3\n', 1, 'more behind'],
    ['a 1 x\n', 1, 'time'],
    ['a 1 # {trace_id="x"} 1\n', 1, 'time'],
    ['1a 1\n', 1, 'valid name'],
    ['a{x="1" 1\n', 1, 'do not end'],
    ['a{x="1} 1\n', 1, 'do not end'],
    ['a{x=1} 1\n', 1, 'quotes'],
    ['a{x} 1\n', 1, 'no value'],
    ['a{1x="1"} 1\n', 1, 'no valid name'],
    ['a{x="1"y="2"} 1\n', 1, 'commas'],
    ['a{x="1",x="2"} 1\n', 1, 'twice'],
    ['a{,} 1\n', 1, 'no valid name'],
    ['\n\n# TYPE a counting\n', 3, 'no known type'],
    ['# TYPE 5 gauge\n', 1, 'no valid name'],
    ['<html>\n', 1, 'no value'],
  ])('refuses %j as a whole, and says in which line', (text, line, problem) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'TELEMETRY_MALFORMED',
        message: expect.stringMatching(new RegExp(`^Line ${line}: .*${problem}`)),
        details: { offset: expect.any(Number) },
      }),
    );
  });

  it('refuses a label that is not UTF-8', () => {
    const bytes = Buffer.from('a{x="\xff"} 1\n', 'latin1');
    expect(() => parseExposition(bytes, { target: newTarget(), format: 'text', timeUs })).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
    );
  });
});

describe('parseExposition of OpenMetrics', () => {
  it('knows since when counters, histograms and summaries count, wherever it is said', () => {
    const text = `# TYPE a counter
# UNIT a seconds
a_total{x="1"} 5
a_created{x="1"} 1767225000.5
a_created{x="2"} 1767225100
a_total{x="2"} 6
a_total{x="3"} 7
# TYPE h histogram
h_bucket{le="+Inf"} 2
h_count 2
h_created 1767225200
# TYPE s summary
s_count 3
s_created 9e99
# EOF
`;
    expect(stored(text, openMetrics).map(({ name, startTimeUs }) => [name, startTimeUs])).toEqual([
      ['a_total', 1_767_225_000_500_000],
      ['a_total', 1_767_225_100_000_000],
      ['a_total', 0],
      ['h', 1_767_225_200_000_000],
      ['h_count', 1_767_225_200_000_000],
      ['s_count', 0],
    ]);
  });

  it('forgets a beginning that the next scrape does not repeat', () => {
    const target = newTarget();
    const scrape = (text: string) => stored(text, { ...openMetrics, target })[0]!.startTimeUs;
    expect(scrape('# TYPE a counter\na_total 5\na_created 1767225000\n# EOF\n')).not.toBe(0);
    expect(scrape('# TYPE a counter\na_total 5\n# EOF\n')).toBe(0);
  });

  it('reads times in seconds, and reads over exemplars', () => {
    const text = `# TYPE a counter
a_total 5 1767225590.25 # {trace_id="}\\"#"} 0.5 1767225590
# TYPE h histogram
h_bucket{le="1"} 1 # {} 0.5
h_bucket{le="+Inf"} 2 # {span_id="x",trace_id="y"} 5
# EOF
`;
    expect(stored(text, openMetrics)).toMatchObject([
      { name: 'a_total', value: 5, timeUs: 1_767_225_590_250_000 },
      { name: 'h', value: 1, timeUs },
      { name: 'h', value: 2, timeUs },
    ]);
  });

  it('stores a point for each time of a series', () => {
    const text = '# TYPE a gauge\na 5 10\na 6 20\n# EOF\n';
    expect(stored(text, openMetrics).map(({ timeUs: us, value }) => [us, value])).toEqual([
      [10_000_000, 5],
      [20_000_000, 6],
    ]);
  });

  it('takes info, state sets, histograms of gauges and unknowns for gauges', () => {
    const text = `# TYPE build info
build_info{version="1.2"} 1
# TYPE feature stateset
feature{feature="a"} 1
# TYPE waiting gaugehistogram
waiting_bucket{le="1"} 4
waiting_gcount 4
waiting_gsum 2
# TYPE what unknown
what 5
# EOF`;
    expect(stored(text, openMetrics).map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'gauge build_info',
      'gauge feature',
      'gauge waiting_bucket',
      'gauge waiting_gcount',
      'gauge waiting_gsum',
      'gauge what',
    ]);
  });

  it.each([
    ['a 1\n', 'without # EOF'],
    ['', 'without # EOF'],
    ['a 1\n# EOF\na 2\n', 'behind # EOF'],
    ['a 1\n\n# EOF\n', 'empty line'],
  ])('refuses %j', (text, problem) => {
    expect(() => parse(text, openMetrics)).toThrow(
      expect.objectContaining({
        code: 'TELEMETRY_MALFORMED',
        message: expect.stringContaining(problem),
      }),
    );
  });
});

describe('labels of the target', () => {
  it('win over those of a sample, which are kept aside', () => {
    const target = new ExpositionTarget({ labels: { ...labels, env: 'dev', unset: '' } });
    const [point] = stored('a{job="x",exported_job="y",env="z",unset="w"} 1\n', { target });
    expect(point).toMatchObject({
      serviceId: 'shop',
      attributes: {
        env: 'dev',
        exported_job: 'y',
        exported_exported_job: 'x',
        exported_env: 'z',
        exported_unset: 'w',
      },
    });
  });

  it('give a machine that an exporter speaks for a service of its own', () => {
    const target = new ExpositionTarget({ labels: { job: 'node', instance: 'db-1:9100' } });
    const [point] = stored('node_load1 1\n', { target });
    expect(point!.serviceId).toBe('node/db-1:9100');
    expect(target.resource.serviceId).toBe('node/db-1:9100');
  });

  it('yield to a sample that names its service', () => {
    const { resources } = parse('a 1\nb{service="cart"} 1\n');
    expect(resources.map(({ serviceId }) => serviceId)).toEqual(['shop', 'cart']);
  });

  it('take names that mean something to JavaScript', () => {
    const [point] = stored('a{__proto__="x",constructor="y"} 1\n');
    expect(Object.entries(point!.attributes as object)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('describe a gauge of the target as its samples are described', () => {
    const target = newTarget();
    const { points } = parse('up 1\n', { target });
    expect(target.describeGauge('up')).toEqual(points.series[0]);
  });
});

describe('scrape after scrape', () => {
  const text = (n: number) => `# TYPE a counter
a{x="1"} ${n}
# TYPE h histogram
h_bucket{le="1"} ${n}
h_bucket{le="+Inf"} ${n + 1}
h_count ${n + 1}
`;

  it('keeps the descriptors of known series, and gives the same as a target without a past', () => {
    const target = newTarget();
    const first = parse(text(1), { target });
    const second = parse(text(2), { target });
    expect(second.points.series[0]).toBe(first.points.series[0]);
    expect(second.points.series[1]).toBe(first.points.series[1]);
    expect(second).toEqual(parse(text(2)));
  });

  it('sees that a family changed its type, and a histogram its buckets', () => {
    const target = newTarget();
    parse(text(1), { target });
    const changed = `# TYPE a gauge
a{x="1"} 1
# TYPE h histogram
h_bucket{le="2"} 1
h_bucket{le="+Inf"} 1
`;
    expect(stored(changed, { target })).toMatchObject([
      { name: 'a', kind: 'gauge' },
      { kind: 'histogram_bucket', bounds: [2] },
      { kind: 'histogram_bucket', bounds: [] },
    ]);
    expect(parse(changed, { target })).toEqual(parse(changed));
  });

  it('starts over when there is more than it may remember, and gives the same', () => {
    const target = new ExpositionTarget({ labels, maxCacheBytes: 10_000 });
    const many = (n: number) =>
      Array.from({ length: 100 }, (_, i) => `a{x="${n}-${i}"} ${i}\n`).join('');
    for (let n = 0; n < 20; n++) {
      expect(parse(many(n), { target })).toEqual(parse(many(n)));
      expect(target.series.sizeBytes).toBeLessThan(200_000);
    }
  });

  it('is not disturbed by a scrape that broke off', () => {
    const target = newTarget();
    expect(() => parse(`${text(1)}broken`, { target })).toThrow();
    expect(parse(text(2), { target })).toEqual(parse(text(2)));
  });
});

describe('limits of parseExposition', () => {
  it.each([
    ['maxBytes', { maxBytes: 5 }],
    ['maxPoints', { maxPoints: 2 }],
  ])('refuses a text beyond %s', (limit, options) => {
    const text = '# TYPE h histogram\nh_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_count 2\n';
    expect(() => parse(text, { target: newTarget(options) })).toThrow(
      expect.objectContaining({
        code: 'TELEMETRY_LIMIT',
        details: expect.objectContaining({ limit }),
      }),
    );
  });

  it.each([
    ['too_many_series', { maxSeries: 1 }],
    ['too_many_attributes', { maxAttributes: 2 }],
    ['attribute_too_long', { maxAttributeLength: 20 }],
    ['name_too_long', { maxNameLength: 5 }],
    ['too_many_resources', { maxResources: 1 }],
  ])('keeps the rest when a sample is beyond %s', (reason, options) => {
    const value = 'x'.repeat(20);
    const { points, rejected } = parse(`a 1\nabcdef{x="${value}",service="b"} 1\n`, {
      target: new ExpositionTarget({ labels: { job: 'shop' }, ...options }),
    });
    expect(points.length).toBe(1);
    expect(rejected).toEqual([{ reason, count: 1 }]);
  });

  it('rejects times that cannot be kept', () => {
    expect(parse('a 1 -1\na 1 9007199254741\n').rejected).toEqual([
      { reason: 'timestamp_out_of_range', count: 2 },
    ]);
  });
});
