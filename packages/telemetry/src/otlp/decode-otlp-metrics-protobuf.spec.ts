import { describe, expect, it } from '@jest/globals';
import { assertSound, pointsOf } from '../../test/points-of.js';
import type { Bytes } from '../../test/protobuf-bytes.js';
import {
  attribute,
  double,
  doubleBytes,
  fixed64,
  fixed64Bytes,
  message,
  metric,
  numberPoint,
  request,
  sint,
  string,
  textAttribute,
  timeNs,
  timeUs,
  uint,
  varint,
} from '../../test/protobuf-bytes.js';
import type { DecodeOptions } from '../decode-options.js';
import { describeSeries } from '../describe-series.js';
import { SeriesCache } from '../series-cache.js';
import { decodeOtlpMetricsProtobuf } from './decode-otlp-metrics-protobuf.js';

const decode = (bytes: Uint8Array | Bytes, options?: DecodeOptions) => {
  const decoded = decodeOtlpMetricsProtobuf(Uint8Array.from(bytes), options);
  assertSound(decoded.points);
  return { ...decoded, rows: pointsOf(decoded.points) };
};
const delta = uint(2, 1);
const cumulative = uint(2, 2);
const time = fixed64(3, timeNs);
const packed = (field: number, ...elements: Bytes[]) => message(field, ...elements);

describe('decodeOtlpMetricsProtobuf', () => {
  it('decodes a gauge, byte by byte', () => {
    const bytes = [
      ...[0x0a, 0x51], // resource_metrics = 1
      ...[0x0a, 0x18], // .resource = 1
      ...[0x0a, 0x16], // .attributes = 1
      ...[0x0a, 0x0c, ...Buffer.from('service.name')], // .key = 1
      ...[0x12, 0x06, 0x0a, 0x04, ...Buffer.from('cart')], // .value = 2 .string_value = 1
      ...[0x12, 0x35], // .scope_metrics = 2
      ...[0x0a, 0x03, 0x0a, 0x01, 0x73], // .scope = 1 .name = 1: s
      ...[0x12, 0x2e], // .metrics = 2
      ...[0x0a, 0x01, 0x67], // .name = 1: g
      ...[0x1a, 0x02, 0x42, 0x79], // .unit = 3: By
      ...[0x2a, 0x25, 0x0a, 0x23], // .gauge = 5 .data_points = 1
      ...[0x11, 0xe8, 0x03, 0, 0, 0, 0, 0, 0], // .start_time_unix_nano = 2: 1000
      ...[0x19, 0xd0, 0x07, 0, 0, 0, 0, 0, 0], // .time_unix_nano = 3: 2000
      ...[0x21, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f], // .as_double = 4: 1.5
      ...[0x3a, 0x06, 0x0a, 0x00, 0x12, 0x02, 0x10, 0x01], // .attributes = 7: '' is true
    ];
    const { rows, points, resources, rejected } = decode(bytes);
    expect(rows).toMatchObject([{ name: 'g', value: 1.5, timeUs: 2, startTimeUs: 1, count: NaN }]);
    expect(points.series).toEqual([
      describeSeries({
        metricName: 'g',
        kind: 'gauge',
        unit: 'By',
        scope: 's',
        attributes: { '': true },
        resource: { 'service.name': 'cart' },
      }),
    ]);
    expect(resources).toMatchObject([{ serviceId: 'cart' }]);
    expect(rejected).toEqual([]);
  });

  it('is empty for an empty request, and for resources without points', () => {
    expect(decode([])).toMatchObject({ rows: [], resources: [], rejected: [] });
    expect(decode([0x0a, 0x00])).toMatchObject({ rows: [], resources: [], rejected: [] });
    expect(decode(request([metric('empty', 5)]))).toMatchObject({ rows: [], resources: [] });
  });

  describe('gauges and sums', () => {
    it('reads as_int as a signed fixed64', () => {
      // -2 in two's complement; a varint reader would take the rest for other fields.
      const minusTwo = [0x31, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
      expect(decode(request([metric('g', 5, numberPoint(minusTwo))])).rows).toMatchObject([
        { value: -2 },
      ]);
    });

    it('takes the last of as_double and as_int', () => {
      const point = numberPoint(double(4, 1.5), fixed64(6, 7));
      expect(decode(request([metric('g', 5, point)])).rows).toMatchObject([{ value: 7 }]);
    });

    it.each([
      ['delta', 1, 'delta', false],
      ['delta', 1, 'delta', true],
      ['cumulative', 2, 'cumulative', true],
    ] as const)('reads a sum that is %s', (_, number, temporality, monotonic) => {
      const point = numberPoint(double(4, 3));
      const sum = metric('s', 7, point, uint(2, number), uint(3, monotonic ? 1 : 0));
      expect(decode(request([sum])).points.series).toEqual([
        describeSeries({ metricName: 's', kind: 'sum', temporality, monotonic }),
      ]);
    });

    it('finds the temporality before, after and between the points', () => {
      const point = numberPoint(double(4, 3));
      const keys = [
        [delta, point, point],
        [point, delta, point],
        [point, point, delta],
      ].map((data) => decode(request([metric('s', 7, ...data)])).points.series[0]!.key);
      expect(new Set(keys).size).toBe(1);
    });

    it('leaves out points without a recorded value, silently', () => {
      const stale = numberPoint(uint(8, 1));
      const decoded = decode(request([metric('g', 5, stale, numberPoint(double(4, 1)))]));
      expect(decoded.rows).toHaveLength(1);
      expect(decoded.rejected).toEqual([]);
    });

    it.each<[string, Bytes]>([
      ['value_not_finite', numberPoint(double(4, NaN))],
      ['value_not_finite', numberPoint(double(4, -Infinity))],
      ['value_missing', numberPoint()],
      ['time_missing', message(1, double(4, 1))],
      ['time_missing', message(1, double(4, 1), fixed64(3, 0))],
      ['time_out_of_range', message(1, double(4, 1), fixed64(3, 2n ** 64n - 1n))],
    ])('rejects for %s and keeps the rest', (reason, point) => {
      const good = numberPoint(double(4, 1));
      const decoded = decode(request([metric('g', 5, good, point, good)]));
      expect(decoded.rows).toHaveLength(2);
      expect(decoded.rejected).toEqual([{ reason, count: 1 }]);
    });

    it('takes the last representable microsecond and no later one', () => {
      const at = (us: bigint) => message(1, double(4, 1), fixed64(3, us * 1000n + 999n));
      const last = BigInt(Number.MAX_SAFE_INTEGER);
      expect(decode(request([metric('g', 5, at(last))])).rows).toMatchObject([
        { timeUs: Number.MAX_SAFE_INTEGER },
      ]);
      expect(decode(request([metric('g', 5, at(last + 1n))])).rejected).toEqual([
        { reason: 'time_out_of_range', count: 1 },
      ]);
    });

    it('takes an absurd start for unknown', () => {
      const point = numberPoint(double(4, 1), fixed64(2, 2n ** 64n - 1n));
      expect(decode(request([metric('g', 5, point)])).rows).toMatchObject([{ startTimeUs: 0 }]);
    });

    it('rejects every point of a sum without temporality, and none of a gauge', () => {
      const points = [numberPoint(double(4, 1)), numberPoint(double(4, 2))];
      const decoded = decode(
        request([metric('s', 7, ...points), metric('t', 7, ...points, uint(2, 9))]),
      );
      expect(decoded.rows).toEqual([]);
      expect(decoded.rejected).toEqual([{ reason: 'temporality_unspecified', count: 4 }]);
      expect(decode(request([metric('g', 5, ...points)])).rows).toHaveLength(2);
    });

    it('rejects points of a metric without a name or with an endless one', () => {
      const point = numberPoint(double(4, 1));
      expect(decode(request([metric('', 5, point)])).rejected).toEqual([
        { reason: 'name_missing', count: 1 },
      ]);
      expect(decode(request([metric('n'.repeat(1025), 5, point)])).rejected).toEqual([
        { reason: 'name_too_long', count: 1 },
      ]);
      expect(decode(request([metric('n'.repeat(1024), 5, point)])).rejected).toEqual([]);
    });
  });

  describe('histograms', () => {
    const counts = (...values: number[]) => packed(6, ...values.map(fixed64Bytes));
    const bounds = (...values: number[]) => packed(7, ...values.map(doubleBytes));
    const histogram = (...fields: Bytes[]) =>
      decode(request([metric('h', 9, message(1, time, ...fields), delta)]));

    it('reads packed counts and bounds, sum, min and max', () => {
      const { rows, points } = histogram(
        fixed64(2, 5000),
        fixed64(4, 6),
        double(5, 99.5),
        counts(1, 0, 5),
        bounds(10, 20),
        double(11, 2),
        double(12, 50),
      );
      expect(rows).toEqual([
        {
          name: 'h',
          attributes: '{}',
          timeUs,
          startTimeUs: 5,
          value: 99.5,
          count: 6,
          min: 2,
          max: 50,
          scale: 0,
          buckets: [
            [1, 0, 1],
            [1, 2, 5],
          ],
        },
      ]);
      expect(points.series[0]).toEqual(
        describeSeries({
          metricName: 'h',
          kind: 'histogram',
          temporality: 'delta',
          bounds: [10, 20],
        }),
      );
    });

    it('reads counts and bounds that are not packed', () => {
      const { rows } = histogram(fixed64(4, 3), fixed64(6, 1), double(7, 10), fixed64(6, 2));
      expect(rows).toMatchObject([
        {
          buckets: [
            [1, 0, 1],
            [1, 1, 2],
          ],
        },
      ]);
    });

    it('has NaN for an absent sum, min and max, and for one that is not finite', () => {
      expect(histogram(fixed64(4, 0)).rows).toMatchObject([{ value: NaN, min: NaN, max: NaN }]);
      expect(histogram(fixed64(4, 0), double(5, Infinity), double(11, NaN)).rows).toMatchObject([
        { value: NaN, min: NaN },
      ]);
    });

    it('needs no buckets, and takes a single one without bounds', () => {
      expect(histogram(fixed64(4, 9), double(5, 1)).rows).toMatchObject([
        { count: 9, value: 1, buckets: [] },
      ]);
      expect(histogram(fixed64(4, 9), counts(9)).rows).toMatchObject([{ buckets: [[1, 0, 9]] }]);
    });

    it.each<[string, Bytes[]]>([
      ['count_mismatch', [fixed64(4, 7), counts(1, 5), bounds(1)]],
      ['bounds_mismatch', [fixed64(4, 6), counts(1, 5), bounds(1, 2)]],
      ['bounds_mismatch', [fixed64(4, 6), bounds(1, 2)]],
      ['bounds_invalid', [fixed64(4, 6), counts(1, 0, 5), bounds(2, 1)]],
      ['bounds_invalid', [fixed64(4, 6), counts(1, 0, 5), bounds(1, Infinity)]],
      ['count_out_of_range', [fixed64(4, 2 ** 60), counts(2 ** 60)]],
      ['count_out_of_range', [packed(6, fixed64Bytes(2n ** 64n - 1n))]],
      ['too_many_buckets', [counts(...Array<number>(5000).fill(0))]],
    ])('rejects for %s', (reason, fields) => {
      const decoded = histogram(...fields);
      expect(decoded.rows).toEqual([]);
      expect(decoded.rejected).toEqual([{ reason, count: 1 }]);
    });

    it('has a series for each set of bounds', () => {
      const point = (...limits: number[]) =>
        message(1, time, fixed64(4, 1), counts(1, ...limits.map(() => 0)), bounds(...limits));
      const { points } = decode(
        request([metric('h', 9, point(1), point(2), point(1), point(1, 2), delta)]),
      );
      expect(Array.from(points.seriesIndex)).toEqual([0, 1, 0, 2]);
      expect(points.series.map((series) => series.bounds)).toEqual([[1], [2], [1, 2]]);
    });

    it('takes a packed list that is cut within a number for malformed', () => {
      expect(() => histogram(message(6, [1, 2, 3, 4]))).toThrow(
        expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
      );
    });
  });

  describe('exponential histograms', () => {
    const buckets = (field: number, offset: number, ...counts: number[]) =>
      message(field, sint(1, offset), packed(2, ...counts.map(varint)));
    const exponential = (...fields: Bytes[]) =>
      decode(request([metric('e', 10, message(1, time, ...fields), cumulative)]));

    it('reads scale, zero count and the buckets of either sign', () => {
      const { rows, points } = exponential(
        textAttribute(1, 'a', 'b'),
        fixed64(4, 309),
        double(5, 4.5),
        sint(6, -1),
        fixed64(7, 2),
        buckets(8, -3, 1, 0, 300),
        buckets(9, 1, 2, 4),
        double(12, -9),
        double(13, 8),
        double(14, 0.001),
      );
      expect(rows).toMatchObject([
        {
          attributes: '{"a":"b"}',
          value: 4.5,
          count: 309,
          min: -9,
          max: 8,
          scale: -1,
          buckets: [
            [-1, 2, 4],
            [-1, 1, 2],
            [0, 0, 2],
            [1, -3, 1],
            [1, -1, 300],
          ],
        },
      ]);
      expect(points.series[0]).toMatchObject({ kind: 'exponential_histogram', bounds: [] });
    });

    it('reads bucket counts that are not packed, and buckets that come in parts', () => {
      const { rows } = exponential(
        fixed64(4, 6),
        message(8, uint(2, 1), sint(1, 5)),
        message(8, uint(2, 2), uint(2, 3)),
      );
      expect(rows).toMatchObject([
        {
          buckets: [
            [1, 5, 1],
            [1, 6, 2],
            [1, 7, 3],
          ],
        },
      ]);
    });

    it.each([-10, 20])('takes scale %p', (scale) => {
      expect(exponential(sint(6, scale)).rows).toMatchObject([{ scale }]);
    });

    it.each<[string, Bytes[]]>([
      ['scale_out_of_range', [sint(6, 21)]],
      ['scale_out_of_range', [sint(6, -11)]],
      ['scale_out_of_range', [sint(6, 2 ** 31 - 1)]],
      ['count_mismatch', [fixed64(4, 2), fixed64(7, 1)]],
      ['count_out_of_range', [fixed64(4, 2n ** 63n), fixed64(7, 2n ** 63n)]],
      // 2^1023 is the largest power of two that a double can be, 2^-1074 the smallest.
      ['bucket_out_of_range', [fixed64(4, 1), buckets(8, 1024, 1)]],
      ['bucket_out_of_range', [fixed64(4, 1), buckets(9, -1077, 1)]],
      ['bucket_out_of_range', [fixed64(4, 1), buckets(8, 2 ** 31 - 1, 1)]],
      ['too_many_buckets', [buckets(8, 0, ...Array<number>(5000).fill(0))]],
    ])('rejects for %s', (reason, fields) => {
      const decoded = exponential(...fields);
      expect(decoded.rows).toEqual([]);
      expect(decoded.rejected).toEqual([{ reason, count: 1 }]);
    });

    it('takes the outermost buckets that numbers can be in', () => {
      const { rejected } = exponential(fixed64(4, 2), buckets(8, 1023, 1), buckets(9, -1075, 1));
      expect(rejected).toEqual([]);
    });
  });

  describe('summaries', () => {
    const quantile = (q: number, value: number) => message(6, double(1, q), double(2, value));
    const summary = (...fields: Bytes[]) =>
      decode(request([[...metric('rpc', 11, message(1, time, ...fields)), ...string(3, 's')]]));

    it('become two sums and a gauge per quantile', () => {
      const { rows, points } = summary(
        textAttribute(7, 'a', 'b'),
        fixed64(4, 10),
        double(5, 2.5),
        quantile(0.5, 0.2),
        quantile(0.999, 0.9),
      );
      expect(rows.map(({ name, value }) => [name, value])).toEqual([
        ['rpc_count', 10],
        ['rpc_sum', 2.5],
        ['rpc_p50', 0.2],
        ['rpc_p99_9', 0.9],
      ]);
      const attributes = { a: 'b' };
      const sum = { kind: 'sum', temporality: 'cumulative', monotonic: true, attributes } as const;
      const gauge = { kind: 'gauge', unit: 's', attributes } as const;
      expect(points.series).toEqual([
        describeSeries({ ...sum, metricName: 'rpc_count' }),
        describeSeries({ ...sum, metricName: 'rpc_sum', unit: 's' }),
        describeSeries({ ...gauge, metricName: 'rpc_p50' }),
        describeSeries({ ...gauge, metricName: 'rpc_p99_9' }),
      ]);
    });

    it('leave out what says nothing yet', () => {
      const { rows, rejected } = summary(quantile(0.5, NaN), quantile(0.9, 1));
      expect(rows.map(({ name, value }) => [name, value])).toEqual([
        ['rpc_count', 0],
        ['rpc_sum', 0],
        ['rpc_p90', 1],
      ]);
      expect(rejected).toEqual([]);
    });

    it('read their attributes right however large or scattered', () => {
      const junk = message(7, message(15, Array<number>(70_000).fill(1)));
      const { rows } = summary(
        textAttribute(7, 'a', '1'),
        junk,
        uint(8, 0),
        textAttribute(7, 'b', '2'),
      );
      expect(rows.map(({ attributes }) => attributes)).toEqual(
        Array(2).fill('{"":null,"a":"1","b":"2"}'),
      );
    });

    it.each<[string, Bytes[]]>([
      ['quantile_invalid', [quantile(1.5, 1)]],
      ['quantile_invalid', [quantile(-0.1, 1)]],
      ['quantile_invalid', [quantile(NaN, 1)]],
      ['quantile_invalid', [quantile(0.9, 1), quantile(0.9, 1)]],
      ['too_many_quantiles', Array.from({ length: 33 }, (_, i) => quantile(i / 100, 1))],
      ['count_out_of_range', [fixed64(4, 2n ** 64n - 1n)]],
    ])('are rejected for %s, whole', (reason, fields) => {
      const decoded = summary(...fields);
      expect(decoded.rows).toEqual([]);
      expect(decoded.rejected).toEqual([{ reason, count: 1 }]);
    });
  });

  describe('attributes', () => {
    const attributesOf = (...fields: Bytes[]) =>
      decode(request([metric('g', 5, numberPoint(double(4, 1), ...fields))])).rows[0]!.attributes;

    it('of every kind become canonical JSON', () => {
      expect(
        attributesOf(
          attribute(7, 'string', string(1, 'ä"')),
          attribute(7, 'bool', uint(2, 1)),
          attribute(7, 'int', uint(3, -5n)),
          attribute(7, 'double', double(4, 0.5)),
          attribute(7, 'array', message(5, message(1, string(1, 'x')), message(1, uint(3, 1)))),
          attribute(7, 'map', message(6, textAttribute(1, 'z', '1'), textAttribute(1, 'a', '2'))),
          attribute(7, 'bytes', message(7, [1, 2, 3])),
          attribute(7, 'empty'),
          message(7, string(1, 'none')),
        ),
      ).toBe(
        '{"array":["x",1],"bool":true,"bytes":"AQID","double":0.5,"empty":null,"int":-5,' +
          '"map":{"a":"2","z":"1"},"none":null,"string":"ä\\""}',
      );
    });

    it('beyond 2^53 are strings, with every digit', () => {
      expect(
        attributesOf(
          attribute(7, 'a', uint(3, 2n ** 53n - 1n)),
          attribute(7, 'b', uint(3, 2n ** 53n + 1n)),
          attribute(7, 'c', uint(3, -(2n ** 63n))),
        ),
      ).toBe('{"a":9007199254740991,"b":"9007199254740993","c":"-9223372036854775808"}');
    });

    it('sent twice count the last time', () => {
      expect(attributesOf(textAttribute(7, 'a', '1'), textAttribute(7, 'a', '2'))).toBe(
        '{"a":"2"}',
      );
    });

    it('may be scattered over the point', () => {
      const fields = [textAttribute(7, 'b', '1'), uint(8, 0), textAttribute(7, 'a', '2')];
      expect(attributesOf(...fields, uint(8, 0), textAttribute(7, 'c', '3'))).toBe(
        '{"a":"2","b":"1","c":"3"}',
      );
    });

    it('make one series in whatever order they come', () => {
      const a = textAttribute(7, 'a', '1');
      const b = textAttribute(7, 'b', '2');
      const value = double(4, 1);
      const { points } = decode(
        request([metric('g', 5, numberPoint(a, b, value), numberPoint(b, a, value))]),
      );
      expect(points.series).toHaveLength(1);
      expect(Array.from(points.seriesIndex)).toEqual([0, 0]);
    });

    it('that are not UTF-8 make the request malformed', () => {
      const bad = message(7, message(1, [0xff]));
      expect(() => attributesOf(bad)).toThrow(
        expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
      );
    });
  });

  describe('limits on attributes', () => {
    const rejectedFor = (fields: Bytes[], options: DecodeOptions) => {
      const good = numberPoint(double(4, 1));
      const bad = numberPoint(double(4, 1), ...fields);
      const decoded = decode(request([metric('g', 5, good, bad, bad)]), options);
      expect(decoded.rows.length + (decoded.rejected[0]?.count ?? 0)).toBe(3);
      return decoded.rejected[0]?.reason;
    };
    const nested = (depth: number): Bytes =>
      depth === 1 ? string(1, 'x') : message(5, message(1, nested(depth - 1)));

    it.each<[string, number, (n: number) => Bytes[], DecodeOptions, string]>([
      [
        'the number of attributes',
        3,
        (n) => Array.from({ length: n }, (_, i) => textAttribute(7, `k${i}`, '')),
        { maxAttributes: 3 },
        'too_many_attributes',
      ],
      [
        'the length of a text',
        7, // with its quotes and its key 10
        (n) => [textAttribute(7, 'k', 'x'.repeat(n))],
        { maxAttributeLength: 10 },
        'attribute_too_long',
      ],
      [
        'the length of a text in a language of three bytes a letter',
        7,
        (n) => [textAttribute(7, 'k', '語'.repeat(n))],
        { maxAttributeLength: 10 },
        'attribute_too_long',
      ],
      [
        'the length of a key',
        8,
        (n) => [textAttribute(7, 'k'.repeat(n), '')],
        { maxAttributeLength: 10 },
        'attribute_too_long',
      ],
      [
        'the length of bytes, in base64',
        6,
        (n) => [attribute(7, 'k', message(7, Array<number>(n).fill(0)))],
        { maxAttributeLength: 11 },
        'attribute_too_long',
      ],
      [
        'the length of a list',
        2,
        (n) => [
          attribute(7, 'k', message(5, ...Array.from({ length: n }, () => message(1, uint(3, 1))))),
        ],
        { maxAttributeLength: 6 },
        'attribute_too_long',
      ],
      [
        'the depth of a list',
        4,
        (n) => [attribute(7, 'k', nested(n))],
        { maxAttributeDepth: 4 },
        'attribute_too_deep',
      ],
    ])('bound %s', (_, most, fields, options, reason) => {
      expect(rejectedFor(fields(most), options)).toBeUndefined();
      expect(rejectedFor(fields(most + 1), options)).toBe(reason);
    });

    it('bound maps as they do lists', () => {
      const map = (depth: number): Bytes =>
        depth === 1 ? string(1, 'x') : message(6, attribute(1, 'k', map(depth - 1)));
      const options = { maxAttributeDepth: 3 };
      expect(rejectedFor([attribute(7, 'k', map(3))], options)).toBeUndefined();
      expect(rejectedFor([attribute(7, 'k', map(4))], options)).toBe('attribute_too_deep');
      const wide = message(6, ...Array.from({ length: 9 }, () => textAttribute(1, 'k', '')));
      expect(rejectedFor([attribute(7, 'k', wide)], { maxAttributeLength: 20 })).toBe(
        'attribute_too_long',
      );
    });

    it('reject every point of a resource that exceeds them', () => {
      const point = numberPoint(double(4, 1));
      const resource = textAttribute(1, 'k', 'x'.repeat(70_000));
      const decoded = decode(request([metric('g', 5, point, point)], resource));
      expect(decoded).toMatchObject({
        rows: [],
        resources: [],
        rejected: [{ reason: 'attribute_too_long', count: 2 }],
      });
    });
  });

  describe('limits on requests', () => {
    const points = (n: number, ...more: Bytes[]) =>
      Array.from({ length: n }, () => numberPoint(double(4, 1), ...more));
    const limit = (name: string, allowed: number) =>
      expect.objectContaining({ code: 'TELEMETRY_LIMIT', details: { limit: name, allowed } });

    it('bound its size', () => {
      const bytes = request([metric('g', 5, ...points(1))]);
      expect(decode(bytes, { maxBytes: bytes.length }).rows).toHaveLength(1);
      const maxBytes = bytes.length - 1;
      expect(() => decode(bytes, { maxBytes })).toThrow(limit('maxBytes', maxBytes));
    });

    it('bound its points, stored or not', () => {
      const bytes = request([metric('g', 5, ...points(2), numberPoint(uint(8, 1)))]);
      expect(decode(bytes, { maxPoints: 3 }).rows).toHaveLength(2);
      expect(() => decode(bytes, { maxPoints: 2 })).toThrow(limit('maxPoints', 2));
    });

    it('bound the points that summaries turn into', () => {
      const bytes = request([metric('s', 11, message(1, time))]);
      expect(decode(bytes, { maxPoints: 2 }).rows).toHaveLength(2);
      expect(() => decode(bytes, { maxPoints: 1 })).toThrow(limit('maxPoints', 1));
    });

    it('bound its buckets', () => {
      const point = message(1, time, fixed64(4, 2), message(8, uint(2, 1), uint(2, 1)));
      const bytes = request([metric('e', 10, point, point, delta)]);
      expect(decode(bytes, { maxBuckets: 4 }).rows).toHaveLength(2);
      expect(() => decode(bytes, { maxBuckets: 3 })).toThrow(limit('maxBuckets', 3));
    });

    it.each([undefined, new SeriesCache()])(
      'reject the points of further series, and of those only (cache: %p)',
      (seriesCache) => {
        const series = [1, 2, 3, 1].flatMap((i) => points(1, textAttribute(7, 'i', `${i}`)));
        const bytes = request([metric('g', 5, ...series)]);
        decodeOtlpMetricsProtobuf(bytes, seriesCache === undefined ? {} : { seriesCache });
        const decoded = decode(bytes, {
          maxSeries: 2,
          ...(seriesCache === undefined ? {} : { seriesCache }),
        });
        expect(Array.from(decoded.points.seriesIndex)).toEqual([0, 1, 0]);
        expect(decoded.rejected).toEqual([{ reason: 'too_many_series', count: 1 }]);
      },
    );

    it('bound metrics, too, though none of their points be stored', () => {
      const bad = numberPoint(double(4, 1), textAttribute(7, 'k', 'x'.repeat(5000)));
      const bytes = request(['a', 'b', 'c'].map((name) => metric(name, 5, bad)));
      expect(decode(bytes, { maxSeries: 2 }).rejected).toEqual([
        { reason: 'attribute_too_long', count: 2 },
        { reason: 'too_many_series', count: 1 },
      ]);
    });

    it('bound resources', () => {
      const metrics = [metric('g', 5, ...points(1))];
      const bytes = ['a', 'b'].flatMap((name) => [
        ...request(metrics, textAttribute(1, 'service.name', name)),
      ]);
      const decoded = decode(bytes, { maxResources: 1 });
      expect(decoded.resources).toMatchObject([{ serviceId: 'a' }]);
      expect(decoded.rejected).toEqual([{ reason: 'too_many_resources', count: 1 }]);
    });

    it.each([-1, 0.5, NaN])('cannot be %p', (maxPoints) => {
      expect(() => decode([], { maxPoints })).toThrow(RangeError);
    });
  });

  describe('protobuf at large', () => {
    const point = numberPoint(double(4, 1));
    const unknown = [...uint(15, 300), ...message(100, [1, 2, 3]), ...fixed64(90, 1)];

    it('skips unknown fields at every level', () => {
      const dataPoint = message(
        1,
        time,
        double(4, 1),
        unknown,
        attribute(7, 'a', uint(3, 1), unknown),
      );
      const body = [...string(1, 'g'), ...unknown, ...message(5, unknown, dataPoint)];
      const scope = message(2, message(1, string(1, 's'), unknown), unknown, message(2, body));
      const bytes = [...unknown, ...message(1, message(1, unknown), unknown, scope)];
      expect(decode(bytes).rows).toMatchObject([{ name: 'g', attributes: '{"a":1}' }]);
    });

    it('finds resource, scope and name after what they describe', () => {
      const body = [...message(5, point), ...string(1, 'g')];
      const scopeMetrics = message(2, message(2, body), message(1, string(1, 's')));
      const resource = message(1, textAttribute(1, 'service.name', 'late'));
      const { points } = decode(message(1, scopeMetrics, resource));
      expect(points.series).toMatchObject([{ scope: 's', metricName: 'g', serviceId: 'late' }]);
    });

    it('merges a resource that comes in parts', () => {
      const resource = [
        message(1, textAttribute(1, 'service.name', 'a')),
        message(1, textAttribute(1, 'host.name', 'b')),
      ];
      const scopeMetrics = message(2, message(2, metric('g', 5, point)));
      const { resources } = decode(message(1, resource[0]!, scopeMetrics, resource[1]!));
      expect(resources).toMatchObject([{ attributes: '{"host.name":"b","service.name":"a"}' }]);
    });

    it('takes the last kind of data of a metric, with all its parts', () => {
      const body = [
        ...string(1, 'm'),
        ...message(5, point),
        ...message(7, point),
        ...message(7, point, cumulative),
      ];
      const { points } = decode(request([body]));
      expect(points.length).toBe(2);
      expect(points.series).toMatchObject([{ kind: 'sum', temporality: 'cumulative' }]);
    });

    it('knows a resource again in another part of the request', () => {
      const bytes = request([metric('g', 5, point)], textAttribute(1, 'service.name', 'a'));
      const { resources, points } = decode([...bytes, ...bytes]);
      expect(resources).toHaveLength(1);
      expect(points.series).toHaveLength(1);
      expect(points.length).toBe(2);
    });

    it.each<[string, Bytes, number]>([
      ['that ends in a tag', [0x0a], 1],
      ['with a length beyond its end', [0x0a, 0x05, 0x00], 1],
      ['with a nested length beyond its message', [0x0a, 0x02, 0x12, 0x01, 0x00], 3],
      ['with field number 0', [0x00, 0x00], 0],
      ['with a known field of another wire type', [0x08, 0x01], 0],
      ['that is text', [...Buffer.from('{"resourceMetrics":[]}')], 2],
      ['that is gzip', [0x1f, 0x8b, 0x08, 0x00], 0],
    ])('calls a request %s malformed, and says where', (_, bytes, offset) => {
      expect(() => decode(bytes)).toThrow(
        expect.objectContaining({ code: 'TELEMETRY_MALFORMED', details: { offset } }),
      );
    });

    it('is not taken in by traces sent to the wrong endpoint', () => {
      const span = message(2, message(1, [0xff, 0xfe, 3, 4]), message(2, [5, 6]), string(5, 'GET'));
      expect(() => decode(message(1, message(1, []), message(2, message(1, []), span)))).toThrow(
        expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
      );
    });

    it('reads from the middle of a larger buffer', () => {
      const bytes = request([metric('g', 5, point)]);
      const larger = new Uint8Array(bytes.length + 20).fill(0xff);
      larger.set(bytes, 10);
      expect(decodeOtlpMetricsProtobuf(larger.subarray(10, 10 + bytes.length)).points.length).toBe(
        1,
      );
    });
  });
});
