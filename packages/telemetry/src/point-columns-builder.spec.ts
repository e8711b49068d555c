import { describe, expect, it } from '@jest/globals';
import { assertSound, pointsOf } from '../test/points-of.js';
import { describeSeries } from './describe-series.js';
import { PointColumnsBuilder } from './point-columns-builder.js';

const depth = describeSeries({ metricName: 'queue.depth', kind: 'gauge' });
const latency = describeSeries({
  metricName: 'latency',
  kind: 'histogram',
  temporality: 'delta',
  bounds: [1, 2],
});

describe('PointColumnsBuilder', () => {
  it('builds empty columns from nothing', () => {
    const columns = new PointColumnsBuilder().build();
    assertSound(columns);
    expect(columns).toMatchObject({ series: [], length: 0, bucketLength: 0 });
  });

  it('keeps points and their buckets in order', () => {
    const builder = new PointColumnsBuilder();
    builder.addNumber(builder.addSeries(depth), 2_000_000, 0, 17);
    builder.addHistogram(builder.addSeries(latency), 3_000_000, 1_000_000, 5, 7.5, 1, 4, 0);
    builder.addBucket(1, 0, 2);
    builder.addBucket(1, 1, 0);
    builder.addBucket(1, 2, 3);
    const columns = builder.build();
    assertSound(columns);
    expect(columns.series).toEqual([depth, latency]);
    expect(pointsOf(columns)).toMatchObject([
      { name: 'queue.depth', timeUs: 2_000_000, startTimeUs: 0, value: 17, count: NaN },
      {
        name: 'latency',
        startTimeUs: 1_000_000,
        value: 7.5,
        count: 5,
        min: 1,
        max: 4,
        buckets: [
          [1, 0, 2],
          [1, 2, 3],
        ],
      },
    ]);
  });

  it('gives series with the same key the same index', () => {
    const builder = new PointColumnsBuilder();
    expect([depth, latency, { ...depth }].map((series) => builder.addSeries(series))).toEqual([
      0, 1, 0,
    ]);
    expect(builder.seriesLength).toBe(2);
  });

  it('grows beyond its first arrays without losing a point or a bucket', () => {
    const builder = new PointColumnsBuilder();
    const series = builder.addSeries(latency);
    for (let i = 0; i < 1000; i++) {
      builder.addHistogram(series, i, 0, i + 1, 0, 0, 0, 0);
      builder.addBucket(1, 0, i + 1);
    }
    expect(builder.length).toBe(1000);
    expect(builder.bucketLength).toBe(1000);
    const columns = builder.build();
    assertSound(columns);
    expect(Array.from(columns.timeUs)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(Array.from(columns.bucketCount)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });

  it('starts anew after build and leaves what it built alone', () => {
    const builder = new PointColumnsBuilder();
    builder.addNumber(builder.addSeries(depth), 1, 0, 1);
    const first = builder.build();
    builder.addNumber(builder.addSeries(latency), 2, 0, 2);
    expect(pointsOf(first)).toMatchObject([{ name: 'queue.depth', value: 1 }]);
    expect(pointsOf(builder.build())).toMatchObject([{ name: 'latency', value: 2 }]);
  });

  it('refuses a bucket without a point', () => {
    expect(() => new PointColumnsBuilder().addBucket(1, 0, 1)).toThrow(RangeError);
  });
});
