import { seededRandom } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { assertSound, pointsOf } from '../../test/points-of.js';
import type { Bytes } from '../../test/protobuf-bytes.js';
import { double, fixed64, message, string, uint } from '../../test/protobuf-bytes.js';
import {
  labelBytes,
  labelsBytes,
  metadataBytes,
  sampleBytes,
  timeMs,
  timeSeriesBytes,
  writeRequest,
} from '../../test/remote-write-bytes.js';
import { describeSeries } from '../describe-series.js';
import { RemoteWriteDecoder } from './remote-write-decoder.js';
import type { RemoteWriteOptions } from './remote-write-decoder.js';

const decode = (parts: readonly Bytes[], decoder = new RemoteWriteDecoder()) => {
  const decoded = decoder.decode(writeRequest(...parts));
  assertSound(decoded.points);
  return { ...decoded, rows: pointsOf(decoded.points) };
};
const up = { __name__: 'up', instance: 'a:80', job: 'shop' };

describe('RemoteWriteDecoder', () => {
  it('decodes series with their samples', () => {
    const decoded = decode([
      timeSeriesBytes(
        { __name__: 'http_requests_total', code: '200', instance: 'a:80', job: 'shop' },
        sampleBytes(5, timeMs),
        sampleBytes(7, timeMs + 1000),
      ),
      timeSeriesBytes({ ...up, zone: 'ä' }, sampleBytes(1, timeMs)),
    ]);
    expect(decoded.rows).toMatchObject([
      { name: 'http_requests_total', value: 5, timeUs: timeMs * 1000, startTimeUs: 0, count: NaN },
      { name: 'http_requests_total', value: 7, timeUs: (timeMs + 1000) * 1000 },
      { name: 'up', value: 1, attributes: '{"zone":"ä"}' },
    ]);
    const resource = { 'service.name': 'shop', 'service.instance.id': 'a:80' };
    expect(decoded.points.series).toEqual([
      describeSeries({
        metricName: 'http_requests_total',
        kind: 'sum',
        temporality: 'cumulative',
        monotonic: true,
        resource,
        attributes: { code: '200' },
      }),
      describeSeries({ metricName: 'up', kind: 'gauge', resource, attributes: { zone: 'ä' } }),
    ]);
    expect(decoded.resources).toMatchObject([{ serviceId: 'shop', serviceInstanceId: 'a:80' }]);
    expect(decoded).toMatchObject({ samples: 3, histograms: 0, leftOut: 0, rejected: [] });
  });

  it('gives the same for known series as for new ones, and the very same descriptors', () => {
    const decoder = new RemoteWriteDecoder();
    const parts = [
      timeSeriesBytes(up, sampleBytes(1, timeMs)),
      timeSeriesBytes({ ...up, job: 'node' }, sampleBytes(0, timeMs)),
    ];
    const first = decode(parts, decoder);
    const second = decode(parts.toReversed(), decoder);
    expect(decode(parts, decoder)).toEqual(first);
    expect(second.points.series[0]).toBe(first.points.series[1]);
    expect(second.resources.map(({ serviceId }) => serviceId)).toEqual(['node/a:80', 'shop']);
  });

  it('knows series in the order in which they came, with more or other things in between', () => {
    const decoder = new RemoteWriteDecoder();
    const one = (n: number, ...samples: Bytes[]) =>
      timeSeriesBytes({ ...up, n: String(n) }, ...samples);
    const sample = (n: number) => sampleBytes(n, timeMs);
    decode(
      [1, 2, 3, 4, 5].map((n) => one(n, sample(n))),
      decoder,
    );
    const { rows } = decode(
      [
        one(1, sample(1)),
        one(2, sample(2), sampleBytes(20, timeMs + 1)),
        one(3),
        one(4, sample(4), labelBytes('zone', 'a')),
        one(5, sample(5)),
        one(2, sample(22)),
        one(3, sample(3)),
      ],
      decoder,
    );
    expect(rows.map(({ attributes, value }) => [attributes, value])).toEqual([
      ['{"n":"1"}', 1],
      ['{"n":"2"}', 2],
      ['{"n":"2"}', 20],
      ['{"n":"4","zone":"a"}', 4],
      ['{"n":"5"}', 5],
      ['{"n":"2"}', 22],
      ['{"n":"3"}', 3],
    ]);
  });

  it('makes the same of requests whose series it expects as of any, whatever they hold instead', () => {
    const random = seededRandom();
    const value = () => random.pick([0, -0, 1.5, -3, 1e300, NaN, Infinity]);
    const time = () => timeMs + random.integer(-1000, 1000);
    const sample = (): Bytes =>
      random.pick([
        () => sampleBytes(value(), time()),
        () => message(2, double(1, value())),
        () => message(2, uint(2, time())),
        () => message(2, uint(2, random.pick([BigInt.asUintN(64, -5n), timeMs])), double(1, 1)),
        () => message(2),
      ])();
    const pool = Array.from({ length: 40 }, (_, i) =>
      labelsBytes({ __name__: 'm', n: `${i}${'x'.repeat(random.integer(0, 150))}` }),
    );
    const series = (labels: Bytes): Bytes =>
      message(
        1,
        labels,
        ...Array.from({ length: random.pick([1, 1, 1, 1, 1, 1, 1, 0, 2]) }, sample),
        ...random.pick([[], [], [], [], [], [labelBytes('zone', 'a')], [string(9, 'unknown')]]),
      );
    const decoder = new RemoteWriteDecoder();
    const outcomeOf = (bytes: Uint8Array, by: RemoteWriteDecoder) => {
      try {
        return by.decode(bytes);
      } catch (reason) {
        return String(reason);
      }
    };
    let failed = 0;
    for (let i = 0; i < 200; i++) {
      const from = random.integer(0, pool.length - 1);
      const sent = [...pool.slice(from), ...pool.slice(0, from)].slice(0, random.integer(0, 40));
      const bytes = writeRequest(...sent.map(series));
      if (i % 3 === 0 && bytes.length > 0)
        bytes[random.integer(0, bytes.length - 1)]! ^= 1 << (i % 8);
      const outcome = outcomeOf(bytes, decoder);
      expect(outcome).toEqual(outcomeOf(bytes, new RemoteWriteDecoder()));
      if (typeof outcome === 'string') failed++;
    }
    expect(failed).toBeGreaterThan(5);
    expect(failed).toBeLessThan(100);
  });

  it('decodes a block of snappy as it is sent, small or too large for its own memory', () => {
    const decoder = new RemoteWriteDecoder();
    // Literals alone are a block, too.
    const block = (bytes: Uint8Array) => {
      const { length } = bytes;
      const last = length - 1;
      const varint = [0, 7, 14, 21].map(
        (shift) => ((length >> shift) & 127) | (shift < 21 ? 128 : 0),
      );
      const literal = [62 << 2, last & 255, (last >> 8) & 255, last >> 16];
      return Buffer.concat([Uint8Array.from([...varint, ...literal]), bytes]);
    };
    const series = [1, 2, 3].map((n) =>
      timeSeriesBytes({ ...up, zone: `${n}` }, sampleBytes(n, timeMs)),
    );
    const small = writeRequest(...series);
    // Five million bytes of a field that is not known.
    const unknown = Buffer.from([9 * 8 + 2, 0xc0, 0x96, 0xb1, 0x02]);
    const large = Buffer.concat([small, unknown, Buffer.alloc(5_000_000), small]);
    const decoded = new RemoteWriteDecoder().decode(small);
    for (const bytes of [small, large, small, large]) {
      const { points, samples } = decoder.decodeSnappy(block(bytes));
      expect(samples).toBe(bytes === small ? 3 : 6);
      expect(points.series).toEqual(decoded.points.series);
      expect(points.value.slice(0, 3)).toEqual(decoded.points.value);
      expect(points.value.slice(-3)).toEqual(decoded.points.value);
    }
    expect(() => decoder.decodeSnappy(Uint8Array.of(4, 0, 97))).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
    );
    const tight = new RemoteWriteDecoder({ maxBytes: 10 });
    expect(() => tight.decodeSnappy(Uint8Array.of(11, ...new Array(11).fill(0)))).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_LIMIT' }),
    );
  });

  it('takes labels in any order, in any place and without values for the same series', () => {
    const decoded = decode([
      timeSeriesBytes({ __name__: 'up', job: 'shop', instance: 'a:80' }, sampleBytes(1, timeMs)),
      timeSeriesBytes({ ...up, empty: '' }, sampleBytes(2, timeMs)),
      message(1, sampleBytes(3, timeMs), labelsBytes(up)),
      message(
        1,
        labelBytes('__name__', 'up'),
        sampleBytes(4, timeMs),
        labelBytes('job', 'shop'),
        sampleBytes(5, timeMs),
        labelBytes('instance', 'a:80'),
      ),
      timeSeriesBytes({ __name__: 'up' }, sampleBytes(6, timeMs)),
    ]);
    expect(decoded.rows.map(({ value }) => value)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...decoded.points.seriesIndex]).toEqual([0, 0, 0, 0, 0, 1]);
    expect(decoded.points.series.map(({ serviceId }) => serviceId)).toEqual([
      'shop',
      'unknown_service',
    ]);
  });

  it('makes every bucket of a classic histogram a series of the histogram', () => {
    const bucket = (le: string) =>
      timeSeriesBytes({ ...up, __name__: 'latency_seconds_bucket', le }, sampleBytes(3, timeMs));
    const { points } = decode([bucket('0.5'), bucket('1.0'), bucket('1'), bucket('+Inf')]);
    expect(points.series).toMatchObject([
      { metricName: 'latency_seconds', kind: 'histogram_bucket', unit: 's', bounds: [0.5] },
      { metricName: 'latency_seconds', kind: 'histogram_bucket', attributes: '{}', bounds: [1] },
      { metricName: 'latency_seconds', kind: 'histogram_bucket', monotonic: true, bounds: [] },
    ]);
    expect([...points.seriesIndex]).toEqual([0, 1, 1, 2]);
  });

  it('goes by the type once the sender has told it', () => {
    const decoder = new RemoteWriteDecoder();
    const series = ['vm_faults', 'jobs_total', 'rpc_count'].map((__name__) =>
      timeSeriesBytes({ ...up, __name__ }, sampleBytes(3, timeMs)),
    );
    const kinds = () => decode(series, decoder).points.series.map(({ kind }) => kind);
    expect(kinds()).toEqual(['gauge', 'sum', 'sum']);
    decode([metadataBytes('vm_faults', 1), metadataBytes('jobs_total', 2)], decoder);
    decode([metadataBytes('rpc_count', 2), metadataBytes('vm_faults', 0)], decoder);
    expect(kinds()).toEqual(['sum', 'gauge', 'gauge']);
  });

  it('leaves out stale markers and what is not finite', () => {
    const stale = message(2, fixed64(1, 0x7ff0000000000002n), uint(2, timeMs));
    const { rows, samples, leftOut, rejected } = decode([
      timeSeriesBytes(
        up,
        stale,
        sampleBytes(NaN, timeMs),
        sampleBytes(Infinity, timeMs),
        sampleBytes(-Infinity, timeMs),
        sampleBytes(-0, timeMs),
      ),
    ]);
    expect(rows).toMatchObject([{ value: -0 }]);
    expect({ samples, leftOut, rejected }).toEqual({ samples: 5, leftOut: 4, rejected: [] });
  });

  it('takes absent fields for zero, as proto3 does', () => {
    const { rows } = decode([timeSeriesBytes(up, message(2, uint(2, timeMs)), message(2))]);
    expect(rows).toMatchObject([
      { value: 0, timeUs: timeMs * 1000 },
      { value: 0, timeUs: 0 },
    ]);
  });

  it.each<[string, Bytes, string, RemoteWriteOptions]>([
    ['a time before 1970', timeSeriesBytes(up, sampleBytes(1, -1)), 'timestamp_out_of_range', {}],
    [
      'a time too far away',
      timeSeriesBytes(up, sampleBytes(1, 2n ** 62n)),
      'timestamp_out_of_range',
      {},
    ],
    ['no name', timeSeriesBytes({ job: 'shop' }, sampleBytes(1, timeMs)), 'name_missing', {}],
    [
      'a label twice',
      message(1, labelsBytes(up), labelBytes('job', 'x'), sampleBytes(1, timeMs)),
      'labels_invalid',
      {},
    ],
    [
      'a label without a name',
      timeSeriesBytes({ ...up, '': 'x' }, sampleBytes(1, timeMs)),
      'labels_invalid',
      {},
    ],
    [
      'too long a name',
      timeSeriesBytes({ __name__: 'x'.repeat(1025) }, sampleBytes(1, timeMs)),
      'name_too_long',
      {},
    ],
    [
      'too long a label',
      timeSeriesBytes({ ...up, x: 'x'.repeat(4096) }, sampleBytes(1, timeMs)),
      'attribute_too_long',
      {},
    ],
    [
      'too many labels',
      timeSeriesBytes({ ...up, a: '1' }, sampleBytes(1, timeMs)),
      'too_many_attributes',
      { maxAttributes: 2 },
    ],
    [
      'too many series',
      timeSeriesBytes(up, sampleBytes(1, timeMs)),
      'too_many_series',
      { maxSeries: 0 },
    ],
    [
      'too many resources',
      timeSeriesBytes(up, sampleBytes(1, timeMs)),
      'too_many_resources',
      { maxResources: 0 },
    ],
  ])('rejects %s and keeps the rest', (_, series, reason, options) => {
    const decoder = new RemoteWriteDecoder(options);
    for (let times = 0; times < 2; times++) {
      const { rows, rejected } = decode([series], decoder);
      expect({ rows, rejected }).toEqual({ rows: [], rejected: [{ reason, count: 1 }] });
    }
    const good = timeSeriesBytes(up, sampleBytes(1, timeMs));
    expect(decode([series, good]).rows.length).toBeGreaterThan(0);
  });

  it.each<[string, Bytes]>([
    ['a cut series', [0x0a, 50, 0x0a]],
    ['a label that reaches beyond its series', [0x0a, 3, 0x0a, 9, 0x0a]],
    ['a sample of a wrong wire type', message(1, labelsBytes(up), uint(2, 5))],
    ['text that is not UTF-8', message(1, message(1, [0x0a, 1, 0xff]), sampleBytes(1, timeMs))],
    ['a value of a wrong wire type', timeSeriesBytes(up, message(2, uint(1, 5)))],
    ['an OTLP request', message(1, message(1), message(2, message(2, string(1, 'x'))))],
  ])('calls a request with %s malformed', (_, bytes) => {
    expect(() => decode([bytes])).toThrow(expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }));
  });

  it('skips what it does not know', () => {
    const exemplar = message(3, labelBytes('trace_id', 'x'), double(2, 1), uint(3, timeMs));
    const { rows } = decode([
      string(2, 'cortex'),
      timeSeriesBytes(up, exemplar, sampleBytes(1, timeMs), string(9, 'new')),
      uint(100, 7),
    ]);
    expect(rows).toHaveLength(1);
  });

  it('bounds the request and its samples', () => {
    const parts = [timeSeriesBytes(up, sampleBytes(1, timeMs), sampleBytes(2, timeMs))];
    const size = writeRequest(...parts).length;
    const limited = (options: RemoteWriteOptions) => () =>
      decode(parts, new RemoteWriteDecoder(options));
    const limit = expect.objectContaining({ code: 'TELEMETRY_LIMIT' });
    expect(limited({ maxBytes: size, maxPoints: 2 })().rows).toHaveLength(2);
    expect(limited({ maxBytes: size - 1 })).toThrow(limit);
    expect(limited({ maxPoints: 1 })).toThrow(limit);
  });

  it('starts over when it remembers too much, and decodes the same', () => {
    const decoder = new RemoteWriteDecoder({ maxCacheBytes: 100 });
    const parts = [timeSeriesBytes(up, sampleBytes(1, timeMs))];
    const first = decode(parts, decoder);
    const second = decode(parts, decoder);
    expect(second).toEqual(first);
    expect(second.points.series[0]).not.toBe(first.points.series[0]);
  });
});
