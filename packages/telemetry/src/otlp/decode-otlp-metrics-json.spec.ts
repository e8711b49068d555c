import { describe, expect, it } from '@jest/globals';
import { assertSound, pointsOf } from '../../test/points-of.js';
import type { DecodeOptions } from '../decode-options.js';
import { describeSeries } from '../describe-series.js';
import { decodeOtlpMetricsJson } from './decode-otlp-metrics-json.js';

const encode = (json: unknown) =>
  new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
const decode = (json: unknown, options?: DecodeOptions) => {
  const decoded = decodeOtlpMetricsJson(encode(json), options);
  assertSound(decoded.points);
  return { ...decoded, rows: pointsOf(decoded.points) };
};
const request = (...metrics: object[]) => ({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
const gauge = (...dataPoints: object[]) => request({ name: 'g', gauge: { dataPoints } });
const time = { timeUnixNano: '1767225600000001999' };
const timeUs = 1_767_225_600_000_001;

describe('decodeOtlpMetricsJson', () => {
  it('decodes the example of the specification', () => {
    // opentelemetry-proto, examples/metrics.json, shortened to one metric of each kind.
    const { points, rows, resources, rejected } = decode({
      resourceMetrics: [
        {
          resource: {
            attributes: [{ key: 'service.name', value: { stringValue: 'my.service' } }],
          },
          scopeMetrics: [
            {
              scope: { name: 'my.library', version: '1.0.0' },
              metrics: [
                {
                  name: 'my.counter',
                  unit: '1',
                  description: 'I am a Counter',
                  sum: {
                    aggregationTemporality: 1,
                    isMonotonic: true,
                    dataPoints: [
                      {
                        asDouble: 5,
                        startTimeUnixNano: '1544712660300000000',
                        timeUnixNano: '1544712660300000000',
                        attributes: [
                          { key: 'my.counter.attr', value: { stringValue: 'some value' } },
                        ],
                      },
                    ],
                  },
                },
                {
                  name: 'my.histogram',
                  histogram: {
                    aggregationTemporality: 1,
                    dataPoints: [
                      {
                        startTimeUnixNano: '1544712660300000000',
                        timeUnixNano: '1544712660300000000',
                        count: '2',
                        sum: 2,
                        bucketCounts: ['1', '1'],
                        explicitBounds: [1],
                        min: 0,
                        max: 2,
                      },
                    ],
                  },
                },
                {
                  name: 'my.exponential.histogram',
                  exponentialHistogram: {
                    aggregationTemporality: 1,
                    dataPoints: [
                      {
                        timeUnixNano: '1544712660300000000',
                        count: '3',
                        sum: 10,
                        scale: 0,
                        zeroCount: '1',
                        positive: { offset: 1, bucketCounts: ['0', '2'] },
                        min: 0,
                        max: 5,
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    });
    expect(rejected).toEqual([]);
    expect(resources).toMatchObject([{ serviceId: 'my.service' }]);
    expect(points.series[0]).toEqual(
      describeSeries({
        metricName: 'my.counter',
        kind: 'sum',
        unit: '1',
        temporality: 'delta',
        monotonic: true,
        scope: 'my.library',
        attributes: { 'my.counter.attr': 'some value' },
        resource: { 'service.name': 'my.service' },
      }),
    );
    expect(rows).toMatchObject([
      { value: 5, timeUs: 1544712660300000, startTimeUs: 1544712660300000 },
      {
        count: 2,
        value: 2,
        min: 0,
        max: 2,
        buckets: [
          [1, 0, 1],
          [1, 1, 1],
        ],
      },
      {
        count: 3,
        value: 10,
        buckets: [
          [0, 0, 1],
          [1, 2, 2],
        ],
      },
    ]);
  });

  it('takes snake_case for lowerCamelCase', () => {
    const { rows, points } = decode({
      resource_metrics: [
        {
          scope_metrics: [
            {
              metrics: [
                {
                  name: 's',
                  sum: {
                    aggregation_temporality: 'AGGREGATION_TEMPORALITY_CUMULATIVE',
                    is_monotonic: true,
                    data_points: [
                      {
                        time_unix_nano: time.timeUnixNano,
                        as_int: '7',
                        attributes: [{ key: 'a', value: { int_value: '1' } }],
                      },
                    ],
                  },
                },
              ],
            },
          ],
        },
      ],
    });
    expect(rows).toMatchObject([{ value: 7, timeUs, attributes: '{"a":1}' }]);
    expect(points.series).toMatchObject([{ temporality: 'cumulative', monotonic: true }]);
  });

  it.each([
    [1, 'delta'],
    ['1', 'delta'],
    ['AGGREGATION_TEMPORALITY_DELTA', 'delta'],
    [2, 'cumulative'],
    ['AGGREGATION_TEMPORALITY_CUMULATIVE', 'cumulative'],
  ])('takes the temporality %p for %s', (aggregationTemporality, temporality) => {
    const sum = { aggregationTemporality, dataPoints: [{ ...time, asInt: 1 }] };
    expect(decode(request({ name: 's', sum })).points.series).toMatchObject([{ temporality }]);
  });

  it.each([0, 3, 'AGGREGATION_TEMPORALITY_UNSPECIFIED', 'toString', null, undefined])(
    'rejects sums of temporality %p',
    (aggregationTemporality) => {
      const sum = { aggregationTemporality, dataPoints: [{ ...time, asInt: 1 }] };
      expect(decode(request({ name: 's', sum })).rejected).toEqual([
        { reason: 'temporality_unspecified', count: 1 },
      ]);
    },
  );

  it('takes 64-bit numbers as strings and as numbers', () => {
    const { rows } = decode(
      gauge(
        { ...time, asInt: '-9' },
        { ...time, asInt: -9 },
        { timeUnixNano: 1767225600000001999, asDouble: '1.5' },
      ),
    );
    expect(rows.map(({ value }) => value)).toEqual([-9, -9, 1.5]);
    // As a number the time has lost its nanoseconds, but not its microseconds.
    expect(rows[2]!.timeUs).toBe(1_767_225_600_000_002);
  });

  it('takes null for absent', () => {
    const point = { ...time, startTimeUnixNano: null, asDouble: null, asInt: 4, attributes: null };
    expect(decode(gauge({ ...point, flags: null })).rows).toMatchObject([
      { value: 4, startTimeUs: 0 },
    ]);
    expect(decode({ resourceMetrics: null }).rows).toEqual([]);
  });

  it('rejects what is not a finite number, and leaves out what was not recorded', () => {
    const { rows, rejected } = decode(
      gauge(
        { ...time, asDouble: 'NaN' },
        { ...time, asDouble: '-Infinity' },
        { ...time },
        { asDouble: 1 },
        { ...time, flags: 1 },
      ),
    );
    expect(rows).toEqual([]);
    expect(rejected).toEqual([
      { reason: 'value_not_finite', count: 2 },
      { reason: 'value_missing', count: 1 },
      { reason: 'time_missing', count: 1 },
    ]);
  });

  it('turns summaries into sums and gauges', () => {
    const quantileValues = [
      { quantile: 0.99, value: 2 },
      { value: 1, quantile: 1 },
    ];
    const summary = { dataPoints: [{ ...time, count: '3', sum: 4, quantileValues }] };
    const { rows } = decode(request({ name: 'rpc', summary }));
    expect(rows.map(({ name, value }) => [name, value])).toEqual([
      ['rpc_count', 3],
      ['rpc_sum', 4],
      ['rpc_p99', 2],
      ['rpc_p100', 1],
    ]);
  });

  it('reads attributes of every kind', () => {
    const attributes = [
      { key: 'string', value: { stringValue: 'ä"' } },
      { key: 'bool', value: { boolValue: false } },
      { key: 'int', value: { intValue: '-5' } },
      { key: 'large', value: { intValue: '9007199254740993' } },
      { key: 'double', value: { doubleValue: 'Infinity' } },
      { key: 'array', value: { arrayValue: { values: [{ stringValue: 'x' }, {}] } } },
      {
        key: 'map',
        value: {
          kvlistValue: {
            values: [
              { key: 'z', value: { intValue: 1 } },
              { key: 'a', value: { intValue: 2 } },
            ],
          },
        },
      },
      { key: 'bytes', value: { bytesValue: '_wA' } },
      { key: 'null', value: null },
      { key: 'string', value: { stringValue: 'last' } },
    ];
    const { rows } = decode(gauge({ ...time, asInt: 1, attributes }));
    expect(rows[0]!.attributes).toBe(
      '{"array":["x",null],"bool":false,"bytes":"/wA=","double":"Infinity","int":-5,' +
        '"large":"9007199254740993","map":{"a":2,"z":1},"null":null,"string":"last"}',
    );
  });

  it('bounds attributes as protobuf does', () => {
    const reasons = (attributes: object[], options: DecodeOptions) =>
      decode(gauge({ ...time, asInt: 1, attributes }), options).rejected;
    const text = (length: number) => ({ key: 'k', value: { stringValue: 'x'.repeat(length) } });
    const nested = (depth: number): object =>
      depth === 1 ? { intValue: 1 } : { arrayValue: { values: [nested(depth - 1)] } };
    const wide = (n: number) => ({
      kvlistValue: { values: Array.from({ length: n }, () => text(1)) },
    });
    expect(reasons([text(7)], { maxAttributeLength: 10 })).toEqual([]);
    expect(reasons([text(8)], { maxAttributeLength: 10 })).toEqual([
      { reason: 'attribute_too_long', count: 1 },
    ]);
    expect(reasons([{ key: 'k', value: wide(9) }], { maxAttributeLength: 50 })).toEqual([
      { reason: 'attribute_too_long', count: 1 },
    ]);
    expect(reasons([text(1), text(1)], { maxAttributes: 1 })).toEqual([
      { reason: 'too_many_attributes', count: 1 },
    ]);
    expect(reasons([{ key: 'k', value: nested(3) }], { maxAttributeDepth: 3 })).toEqual([]);
    expect(reasons([{ key: 'k', value: nested(4) }], { maxAttributeDepth: 3 })).toEqual([
      { reason: 'attribute_too_deep', count: 1 },
    ]);
  });

  it('rejects the points of a resource that exceeds its limits', () => {
    const resource = { attributes: [{ key: 'k', value: { stringValue: 'x'.repeat(70_000) } }] };
    const scopeMetrics = gauge({ ...time, asInt: 1 }).resourceMetrics[0]!.scopeMetrics;
    const decoded = decode({ resourceMetrics: [{ resource, scopeMetrics }] });
    expect(decoded.resources).toEqual([]);
    expect(decoded.rejected).toEqual([{ reason: 'attribute_too_long', count: 1 }]);
  });

  it('bounds the size of the request', () => {
    const bytes = encode(gauge({ ...time, asInt: 1 }));
    expect(decodeOtlpMetricsJson(bytes, { maxJsonBytes: bytes.length }).points.length).toBe(1);
    expect(() => decodeOtlpMetricsJson(bytes, { maxJsonBytes: bytes.length - 1 })).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_LIMIT' }),
    );
  });

  it('bounds what the request is parsed into', () => {
    expect(decode('{"x":[{},{}]}', { maxJsonValues: 5 }).rows).toEqual([]);
    expect(() => decode('{"x":[{},{}]}', { maxJsonValues: 4 })).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_LIMIT' }),
    );
  });

  it.each<[string, unknown, string]>([
    ['the document', [], ''],
    ['an array', { resourceMetrics: {} }, 'resourceMetrics'],
    ['an element', { resourceMetrics: [{}, 7] }, 'resourceMetrics[1]'],
    ['a resource', { resourceMetrics: [{ resource: 'cart' }] }, 'resourceMetrics[0].resource'],
    [
      'an attribute',
      { resourceMetrics: [{ resource: { attributes: [{ key: 7 }] } }] },
      'resourceMetrics[0].resource.attributes[0].key',
    ],
    [
      'a number',
      gauge({ ...time, asDouble: 1 }, { ...time, asDouble: 'many' }),
      'resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[1].asDouble',
    ],
  ])('says where %s is not what it should be', (_, json, path) => {
    expect(() => decode(json)).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_MALFORMED', details: { path } }),
    );
  });

  it.each<[string, object]>([
    ['a time that is not a number', { timeUnixNano: 'now', asInt: 1 }],
    ['a negative time', { timeUnixNano: -1, asInt: 1 }],
    ['a fraction for a whole number', { ...time, asInt: 1.5 }],
    ['an empty string for a number', { ...time, asDouble: '' }],
    ['negative flags', { ...time, flags: -1 }],
    ['half a character', { ...time, asInt: 1, attributes: [{ key: '\ud800' }] }],
    [
      'more than 64 bits',
      { ...time, asInt: 1, attributes: [{ key: 'a', value: { intValue: `${2n ** 63n}` } }] },
    ],
    [
      'what is not base64',
      { ...time, asInt: 1, attributes: [{ key: 'a', value: { bytesValue: '*' } }] },
    ],
    [
      'a string for true',
      { ...time, asInt: 1, attributes: [{ key: 'a', value: { boolValue: 'true' } }] },
    ],
  ])('calls a request with %s malformed', (_, point) => {
    expect(() => decode(gauge(point))).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
    );
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['a cut document', encode('{"resourceMetrics":[')],
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
    ['a million brackets', encode('['.repeat(1_000_000))],
  ])('calls %s malformed and keeps the cause', (_, bytes) => {
    expect(() => decodeOtlpMetricsJson(bytes)).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_MALFORMED', cause: expect.anything() }),
    );
  });

  it('is not led astray by deep nesting or by __proto__', () => {
    const deep = `${'{"a":['.repeat(50_000)}${']}'.repeat(50_000)}`;
    expect(decode(`{"unknown":${deep}}`).rows).toEqual([]);
    expect(decode('{"__proto__":{"resourceMetrics":[7]}}').rows).toEqual([]);
  });
});
