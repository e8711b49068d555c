import { describe, expect, it } from '@jest/globals';
import { pointsOf } from '../test/points-of.js';
import { double, metric, numberPoint, request, textAttribute } from '../test/protobuf-bytes.js';
import { decodeOtlpMetricsProtobuf } from './otlp/decode-otlp-metrics-protobuf.js';
import { SeriesCache } from './series-cache.js';

const points = (...ids: (string | number)[]) =>
  request([
    metric('g', 5, ...ids.map((id) => numberPoint(double(4, 1), textAttribute(7, 'id', `${id}`)))),
  ]);

describe('SeriesCache', () => {
  it('gives a series the same descriptor in the next request', () => {
    const seriesCache = new SeriesCache();
    const first = decodeOtlpMetricsProtobuf(points('a', 'b'), { seriesCache });
    const second = decodeOtlpMetricsProtobuf(points('c', 'b'), { seriesCache });
    expect(second.points.series[1]).toBe(first.points.series[1]);
    expect(seriesCache.size).toBe(3);
  });

  it('changes nothing about what is decoded', () => {
    const seriesCache = new SeriesCache();
    for (const bytes of [points('a', 'b'), points('b', 'a', 'b'), points('a')]) {
      const cached = decodeOtlpMetricsProtobuf(bytes, { seriesCache });
      const fresh = decodeOtlpMetricsProtobuf(bytes);
      expect(cached).toEqual(fresh);
    }
  });

  it('works on after a request that could not be read', () => {
    const seriesCache = new SeriesCache();
    const bytes = points('a', 'b');
    expect(() =>
      decodeOtlpMetricsProtobuf(Uint8Array.of(...bytes, 0xff), { seriesCache }),
    ).toThrow();
    const { points: columns } = decodeOtlpMetricsProtobuf(points('b'), { seriesCache });
    expect(pointsOf(columns)).toMatchObject([{ attributes: '{"id":"b"}' }]);
    expect(columns.series).toHaveLength(1);
  });

  it('starts over when it has grown beyond its bound', () => {
    const seriesCache = new SeriesCache({ maxBytes: 50_000 });
    for (let i = 0; i < 20; i++) {
      const ids = Array.from({ length: 50 }, (_, j) => i * 50 + j);
      const { points: columns } = decodeOtlpMetricsProtobuf(points(...ids), { seriesCache });
      expect(columns.series.map((series) => series.attributes)).toEqual(
        ids.map((id) => `{"id":"${id}"}`),
      );
      expect(seriesCache.sizeBytes).toBeLessThan(100_000);
    }
    expect(seriesCache.size).toBeLessThan(200);
  });
});
