import { describe, expect, it } from '@jest/globals';
import { assertSound, pointsOf } from '../../test/points-of.js';
import { fixed64, message, uint } from '../../test/protobuf-bytes.js';
import {
  sampleBytes,
  timeMs,
  timeSeriesBytes,
  writeRequest,
} from '../../test/remote-write-bytes.js';
import type { NativeHistogram } from '../../test/remote-write-v2-bytes.js';
import { histogramBytes, requestV2 } from '../../test/remote-write-v2-bytes.js';
import { RemoteWriteDecoder } from './remote-write-decoder.js';

const labels = { __name__: 'latency_seconds', instance: 'a:80', job: 'shop' };
const plain: NativeHistogram = {
  schema: 1,
  count: 9,
  sum: 20.5,
  zeroCount: 1,
  positiveSpans: [
    [-1, 2],
    [3, 1],
  ],
  positiveDeltas: [2, 1, -2],
  negativeSpans: [[0, 1]],
  negativeDeltas: [2],
  timeMs,
};
const decode = (histogram: NativeHistogram) => {
  const decoded = new RemoteWriteDecoder().decode(
    writeRequest(timeSeriesBytes(labels, histogramBytes(4, histogram))),
  );
  assertSound(decoded.points);
  return { ...decoded, rows: pointsOf(decoded.points) };
};

describe('native histograms', () => {
  it('become exponential histograms, one index lower', () => {
    const { points, rows, histograms, samples } = decode(plain);
    expect(points.series).toMatchObject([
      {
        metricName: 'latency_seconds',
        kind: 'exponential_histogram',
        temporality: 'cumulative',
        unit: 's',
        serviceId: 'shop',
      },
    ]);
    expect(rows).toMatchObject([
      {
        timeUs: timeMs * 1000,
        count: 9,
        value: 20.5,
        scale: 1,
        buckets: [
          [-1, -1, 2],
          [0, 0, 1],
          [1, -2, 2],
          [1, -1, 3],
          [1, 3, 1],
        ],
      },
    ]);
    expect({ histograms, samples }).toEqual({ histograms: 1, samples: 0 });
  });

  it('may have counts that are no integers', () => {
    const { rows } = decode({
      schema: 0,
      count: 2,
      sum: 3,
      positiveSpans: [[1, 2]],
      positiveCounts: [0.5, 1.5],
      timeMs,
    });
    expect(rows).toMatchObject([
      {
        count: 2,
        buckets: [
          [1, 0, 0.5],
          [1, 1, 1.5],
        ],
      },
    ]);
  });

  it('with bounds of their own become histograms with those bounds', () => {
    const histogram: NativeHistogram = {
      schema: -53,
      count: 3,
      sum: 4,
      positiveSpans: [
        [0, 1],
        [1, 1],
      ],
      positiveDeltas: [1, 1],
      bounds: [0.5, 1],
      timeMs,
    };
    const bytes = requestV2({ labels, samples: [histogramBytes(3, histogram)], createdMs: 1000 });
    const { points } = new RemoteWriteDecoder().decode(bytes, '2.0');
    expect(points.series).toMatchObject([{ kind: 'histogram', bounds: [0.5, 1] }]);
    expect(pointsOf(points)).toMatchObject([
      {
        count: 3,
        startTimeUs: 1_000_000,
        buckets: [
          [1, 0, 1],
          [1, 2, 2],
        ],
      },
    ]);
  });

  it('of a name that also has numbers are a series of their own', () => {
    const { points } = new RemoteWriteDecoder().decode(
      writeRequest(timeSeriesBytes(labels, sampleBytes(1, timeMs), histogramBytes(4, plain))),
    );
    expect(points.series.map(({ kind }) => kind)).toEqual(['gauge', 'exponential_histogram']);
  });

  it('that are stale markers are left out', () => {
    const stale = message(4, fixed64(3, 0x7ff0000000000002n), uint(15, timeMs));
    const decoded = new RemoteWriteDecoder().decode(writeRequest(timeSeriesBytes(labels, stale)));
    expect(decoded).toMatchObject({ histograms: 1, leftOut: 1, rejected: [] });
    expect(decoded.points.length).toBe(0);
  });

  it('with observations that are no number count those that are', () => {
    const { rows } = decode({ ...plain, count: 12, sum: NaN });
    expect(rows).toMatchObject([{ count: 9, value: NaN }]);
  });

  it.each<[string, Partial<NativeHistogram>, string]>([
    ['fewer buckets than spans', { positiveDeltas: [2, 1] }, 'histogram_invalid'],
    ['more buckets than spans', { positiveDeltas: [2, 1, -2, 5] }, 'histogram_invalid'],
    ['a negative bucket', { positiveDeltas: [2, -3, 5] }, 'histogram_invalid'],
    ['a gap backwards', { positiveSpans: [[1, 2], [-1, 1]] }, 'histogram_invalid'], // prettier-ignore
    ['an endless span', { positiveSpans: [[0, 4_294_967_295]] }, 'histogram_invalid'],
    ['an unknown schema', { schema: 9 }, 'histogram_invalid'],
    ['a bucket beyond all numbers', { positiveSpans: [[5000, 3]] }, 'bucket_out_of_range'],
    ['a count below its buckets', { count: 8 }, 'count_mismatch'],
    ['an enormous count', { count: 2 ** 60 }, 'count_out_of_range'],
    ['the type gauge', { resetHint: 3 }, 'histogram_is_gauge'],
    ['a time beyond', { timeMs: 2 ** 60 }, 'timestamp_out_of_range'],
    ['bounds that fall', { schema: -53, bounds: [1, 0.5] }, 'bucket_out_of_range'],
  ])('with %s are rejected', (_, change, reason) => {
    const { rows, rejected, histograms } = decode({ ...plain, ...change });
    expect({ rows, rejected, histograms }).toEqual({
      rows: [],
      rejected: [{ reason, count: 1 }],
      histograms: 0,
    });
  });
});
