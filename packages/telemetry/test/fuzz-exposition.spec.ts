import { seededRandom } from '@coral/testkit';
import type { SeededRandom } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { ExpositionTarget, isTelemetryError, parseExposition } from '../src/index.js';
import type { ExpositionFormat } from '../src/index.js';
import { mutate } from './mutate.js';
import { assertSound } from './points-of.js';

/** Half of the cases for each format; `CORAL_FUZZ_CASES=1000000` for a long run. */
const cases = Number(process.env['CORAL_FUZZ_CASES'] ?? 20_000) / 2;

const labels = { job: 'shop', instance: '127.0.0.1:8080' };
const timeUs = 1_767_225_600_000_000;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const textSample = String.raw`# HELP http_requests_total Requests, "quoted" \\ and é.
# TYPE http_requests_total counter
http_requests_total{code="200",path="/a b\n\"c\"\\"} 1027 1767225590000
http_requests_total{code="500",path="é",} 3.5e+00
# TYPE latency_seconds histogram
latency_seconds_bucket{path="/",le="0.1"} 4
latency_seconds_bucket{path="/",le="1"} 4
latency_seconds_bucket{path="/",le="+Inf"} 6
latency_seconds_sum{path="/"} 8.125
latency_seconds_count{path="/"} 6
# TYPE rpc_seconds summary
rpc_seconds{quantile="0.5"} 0.25
rpc_seconds{quantile="0.99"} NaN
rpc_seconds_sum 2.5
rpc_seconds_count 10
# TYPE open_fds gauge
open_fds -17
up{job="mine"} 1
`;
const openMetricsSample = String.raw`# TYPE jobs counter
# UNIT jobs seconds
# HELP jobs What was done.
jobs_total{queue="a"} 17 # {trace_id="4bf9\"}#"} 1 1767225599.5
jobs_created{queue="a"} 1767222000.5
# TYPE h histogram
h_bucket{le="1.0"} 1 1767225590.25 # {} 0.5
h_bucket{le="+Inf"} 2 1767225590.25
h_count 2 1767225590.25
h_sum 3 1767225590.25
h_created 1767222000
# TYPE build info
build_info{version="1.2"} 1
# TYPE s stateset
s{s="a"} 1
s{s="b"} 0
# TYPE g gaugehistogram
g_bucket{le="+Inf"} 4
g_gcount 4
# EOF
`;

/** A text of what the formats are made of, put together without sense. */
function nonsense(random: SeededRandom): Uint8Array {
  const words = [
    '# TYPE ',
    '# HELP ',
    '# EOF',
    '#',
    'a',
    'a_total',
    'a_bucket',
    'a_count',
    'a_created',
    '{',
    '}',
    'le=',
    'x="',
    '"',
    '="1"',
    ',',
    ' ',
    '\t',
    '\n',
    '\n',
    '1',
    '1e9',
    '-1',
    'NaN',
    '+Inf',
    '1767225600',
    'counter',
    'histogram',
    'summary',
    '\\',
    '\u0000',
    'é',
    '{le="1"} 2\n',
    'quantile="0.5"',
    '__proto__="1"',
    '\r\n',
  ];
  const length = random.integer(0, 60);
  return bytesOf(Array.from({ length }, () => random.pick(words)).join(''));
}

describe.each<[ExpositionFormat, string]>([
  ['text', textSample],
  ['openmetrics', openMetricsSample],
])('reading broken %s', (format, sample) => {
  const parse = (bytes: Uint8Array, target = new ExpositionTarget({ labels })) =>
    parseExposition(bytes, { target, format, timeUs });

  it('reads what is not broken', () => {
    expect(parse(bytesOf(sample)).rejected).toEqual([]);
  });

  it(`gives sound columns or a coded error, ${cases} times`, () => {
    const random = seededRandom();
    // One target for all of them: what is remembered must never change what is read.
    const target = new ExpositionTarget({ labels, maxCacheBytes: 200_000 });
    const outcomes = { sound: 0, malformed: 0 };
    for (let i = 0; i < cases; i++) {
      let bytes: Uint8Array = bytesOf(sample);
      if (random.boolean(0.3)) bytes = nonsense(random);
      else {
        ({ bytes } = mutate([bytes], random));
        if (bytes.length > 0 && random.boolean(0.3)) ({ bytes } = mutate([bytes], random));
      }
      if (format === 'openmetrics' && random.boolean(0.5)) {
        bytes = new Uint8Array(Buffer.concat([bytes, bytesOf('\n# EOF\n')]));
      }
      let expected: unknown;
      try {
        const fresh = parse(bytes);
        assertSound(fresh.points);
        expected = fresh;
        outcomes.sound++;
      } catch (error) {
        if (!isTelemetryError(error)) {
          const text = JSON.stringify(Buffer.from(bytes).toString('latin1'));
          throw new Error(`Case ${i} broke on ${text}`, { cause: error });
        }
        expected = error.message;
        outcomes.malformed++;
      }
      let found: unknown;
      try {
        found = parse(bytes, target);
      } catch (error) {
        if (!isTelemetryError(error)) throw error;
        found = error.message;
      }
      if (i % 10 === 0 || typeof expected === 'string') expect(found).toEqual(expected);
    }
    // Both must happen, or the mutations are too wild or too tame to test anything.
    expect(outcomes.sound).toBeGreaterThan(cases / 50);
    expect(outcomes.malformed).toBeGreaterThan(cases / 50);
  }, 600_000);
});

describe('reading hostile texts', () => {
  const parse = (text: string) =>
    parseExposition(bytesOf(text), {
      target: new ExpositionTarget({ labels }),
      format: 'text',
      timeUs,
    });

  it.each<[string, string, string]>([
    ['a label of 10 MB', `a{x="${'x'.repeat(10_000_000)}"} 1\n`, 'attribute_too_long'],
    [
      '10,000 labels',
      `a{${Array.from({ length: 10_000 }, (_, i) => `l${i}="x"`).join()}} 1\n`,
      'too_many_attributes',
    ],
    ['a name of 10 MB', `${'a'.repeat(10_000_000)} 1\n`, 'name_too_long'],
    [
      '200,000 series',
      Array.from({ length: 200_000 }, (_, i) => `a{x="${i}"} 1\n`).join(''),
      'too_many_series',
    ],
  ])('keeps what is beside %s', (_what, text, reason) => {
    const { points, rejected } = parse(`first 1\n${text}`);
    assertSound(points);
    expect(points.series.map(({ metricName }) => metricName)).toContain('first');
    expect(rejected.map((one) => one.reason)).toContain(reason);
  });

  it.each([
    ['a value of 10 MB', `a ${'1'.repeat(10_000_000)}\n`],
    ['a time of 10 MB', `a 1 ${'1'.repeat(10_000_000)}\n`],
    ['10 MB of braces', '{'.repeat(10_000_000)],
    ['10 MB of quotes', `a{${'"'.repeat(10_000_000)}`],
    ['10 MB of backslashes', `a{x="${'\\'.repeat(9_999_999)}`],
    ['a type of 10 MB', `# TYPE a ${'x'.repeat(10_000_000)}\n`],
    ['a family of 10 MB', `# TYPE ${'é'.repeat(5_000_000)} gauge\n`],
  ])('refuses %s', (_what, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }));
  });

  it('reads over comments and empty lines, however many', () => {
    expect(parse(`${'#\n\n'.repeat(2_000_000)}a 1\n`).points.length).toBe(1);
  });
});
