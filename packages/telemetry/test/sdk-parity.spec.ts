import { describe, expect, it } from '@jest/globals';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { decodeOtlpMetricsJson, decodeOtlpMetricsProtobuf, SeriesCache } from '../src/index.js';
import { assertSound, pointsOf } from './points-of.js';
import { sdkMetrics } from './sdk-metrics.js';

describe.each(['cumulative', 'delta'] as const)('the OpenTelemetry SDK, %s', (temporality) => {
  const decoded = async () => {
    const metrics = await sdkMetrics(temporality);
    return decodeOtlpMetricsProtobuf(ProtobufMetricsSerializer.serializeRequest(metrics)!);
  };
  const rowsOf = async (name: string) =>
    pointsOf((await decoded()).points).filter((row) => row.name === name);

  it('gives identical columns in protobuf and JSON, with a cache or without', async () => {
    const metrics = await sdkMetrics(temporality);
    const protobuf = ProtobufMetricsSerializer.serializeRequest(metrics)!;
    const json = JsonMetricsSerializer.serializeRequest(metrics)!;
    const expected = decodeOtlpMetricsProtobuf(protobuf);
    assertSound(expected.points);
    expect(expected.rejected).toEqual([]);
    expect(decodeOtlpMetricsJson(json)).toEqual(expected);
    const seriesCache = new SeriesCache();
    for (let i = 0; i < 2; i++) {
      expect(decodeOtlpMetricsJson(json, { seriesCache })).toEqual(expected);
      expect(decodeOtlpMetricsProtobuf(protobuf, { seriesCache })).toEqual(expected);
    }
  });

  it('describes its resource', async () => {
    expect((await decoded()).resources).toEqual([
      {
        serviceId: 'shop/checkout',
        serviceName: 'checkout',
        serviceNamespace: 'shop',
        attributes:
          '{"process.command_args":["node","main.js"],"process.pid":4711,"service.name":"checkout","service.namespace":"shop"}',
      },
    ]);
  });

  it('has the time of collection, to the microsecond', async () => {
    const metrics = await sdkMetrics(temporality);
    const { endTime, startTime } = metrics.scopeMetrics[0]!.metrics[0]!.dataPoints[0]!;
    const us = ([seconds, nanoseconds]: [number, number]) =>
      seconds * 1_000_000 + Math.floor(nanoseconds / 1000);
    const bytes = ProtobufMetricsSerializer.serializeRequest(metrics)!;
    expect(pointsOf(decodeOtlpMetricsProtobuf(bytes).points)[0]).toMatchObject({
      timeUs: us(endTime),
      startTimeUs: us(startTime),
    });
  });

  it('counts', async () => {
    const { points } = await decoded();
    const series = points.series
      .filter(({ metricName }) => metricName === 'orders')
      .sort((a, b) => b.scope.localeCompare(a.scope));
    expect(series).toMatchObject([
      { attributes: '{"currency":"EUR","express":true}', unit: '{order}', scope: 'shop.checkout' },
      { attributes: '{"currency":"USD","express":false}' },
      { attributes: '{}', unit: '', scope: 'other' },
    ]);
    for (const { kind, monotonic, temporality: of } of series) {
      expect([kind, monotonic, of]).toEqual(['sum', true, temporality]);
    }
    expect((await rowsOf('orders')).map(({ value }) => value).sort()).toEqual([1, 1, 7]);
    expect(await rowsOf('revenue')).toMatchObject([
      { value: 12.75, attributes: '{"städte":["Köln","Zürich"]}' },
    ]);
  });

  it('counts up and down, below zero', async () => {
    expect(await rowsOf('carts.open')).toMatchObject([{ value: -2 }]);
    const { points } = await decoded();
    expect(points.series.find(({ metricName }) => metricName === 'carts.open')).toMatchObject({
      kind: 'sum',
      monotonic: false,
      temporality,
    });
  });

  it('measures', async () => {
    expect(await rowsOf('temperature')).toMatchObject([
      { value: -3.25, attributes: '{"exact":0.5,"room":1}', count: NaN, buckets: [] },
    ]);
  });

  it('observes', async () => {
    expect(await rowsOf('load')).toMatchObject([{ value: 0.5 }, { value: 0.25 }]);
    expect(await rowsOf('ticks')).toMatchObject([{ value: 1234 }]);
    expect(await rowsOf('threads')).toMatchObject([{ value: -2 }]);
  });

  it('makes histograms', async () => {
    expect(await rowsOf('latency')).toMatchObject([
      {
        attributes: '{"route":"/pay"}',
        count: 7,
        value: 12144.5,
        min: 0,
        max: 12000,
        // Bounds 0, 5, 10, 25, 50, 75, 100, …, 10000; a bound belongs to the bucket below it.
        buckets: [
          [1, 0, 1],
          [1, 1, 1],
          [1, 2, 2],
          [1, 4, 1],
          [1, 6, 1],
          [1, 15, 1],
        ],
      },
      { attributes: '{"route":"/"}', count: 1, buckets: [[1, 1, 1]] },
    ]);
    expect(await rowsOf('size')).toMatchObject([
      {
        buckets: [
          [1, 0, 2],
          [1, 1, 1],
          [1, 2, 1],
        ],
      },
    ]);
    const { points } = await decoded();
    expect(points.series.find(({ metricName }) => metricName === 'size')!.bounds).toEqual([
      10, 1000,
    ]);
  });

  it('makes exponential histograms whose buckets hold the values', async () => {
    const [row] = await rowsOf('latency.exponential');
    expect(row).toMatchObject({ count: 7, min: 0, max: 1000 });
    const base = 2 ** (2 ** -row!.scale);
    const values = [0.001, 1, 2, 2.1, 4, 1000];
    expect(row!.buckets.find(([sign]) => sign === 0)).toEqual([0, 0, 1]);
    for (const [sign, index, count] of row!.buckets) {
      if (sign === 0) continue;
      const held = values.filter((v) => v > base ** index && v <= base ** (index + 1));
      // A value on a bound may be rounded to either side.
      expect(Math.abs(held.length - count)).toBeLessThanOrEqual(1);
    }
    expect(await rowsOf('once.exponential')).toMatchObject([{ scale: 20, count: 1, value: 3 }]);
  });
});
