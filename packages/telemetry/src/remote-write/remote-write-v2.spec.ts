import { describe, expect, it } from '@jest/globals';
import { assertSound, pointsOf } from '../../test/points-of.js';
import { message, string, uint, varint } from '../../test/protobuf-bytes.js';
import {
  sampleBytes,
  timeMs,
  timeSeriesBytes,
  writeRequest,
} from '../../test/remote-write-bytes.js';
import type { SeriesV2 } from '../../test/remote-write-v2-bytes.js';
import { requestV2 } from '../../test/remote-write-v2-bytes.js';
import type { RemoteWriteOptions } from './remote-write-decoder.js';
import { RemoteWriteDecoder } from './remote-write-decoder.js';

const up = { __name__: 'up', instance: 'a:80', job: 'shop' };
const decode = (bytes: Uint8Array, decoder = new RemoteWriteDecoder()) => {
  const decoded = decoder.decode(bytes, '2.0');
  assertSound(decoded.points);
  return { ...decoded, rows: pointsOf(decoded.points) };
};
const decodeSeries = (series: SeriesV2[], options: RemoteWriteOptions = {}) =>
  decode(requestV2(...series), new RemoteWriteDecoder(options));

describe('remote write 2.0', () => {
  it('gives what the same samples give in 1.0', () => {
    const labels = { ...up, __name__: 'jobs_total', zone: 'ä', long: 'x'.repeat(200) };
    const samples = [sampleBytes(1, timeMs), sampleBytes(2, timeMs + 1)];
    const v1 = new RemoteWriteDecoder().decode(writeRequest(timeSeriesBytes(labels, ...samples)));
    expect(decodeSeries([{ labels, samples }])).toMatchObject(v1);
  });

  it('knows a series again, from either version, whatever the symbols’ order', () => {
    const decoder = new RemoteWriteDecoder();
    const samples = [sampleBytes(1, timeMs)];
    const first = decode(requestV2({ labels: up, samples }), decoder);
    const other = { labels: { ...up, job: 'other' }, samples };
    const second = decode(requestV2(other, { labels: up, samples }), decoder);
    const third = decoder.decode(writeRequest(timeSeriesBytes(up, ...samples)));
    expect(second.points.series[1]).toBe(first.points.series[0]);
    expect(third.points.series[0]).toBe(first.points.series[0]);
  });

  it('takes type and start from the series itself', () => {
    const labels = { ...up, __name__: 'faults' };
    const samples = [sampleBytes(1, timeMs)];
    const { points, rows } = decodeSeries([
      { labels, samples, type: 1, createdMs: timeMs - 500 },
      { labels, samples, type: 2 },
      { labels, samples },
    ]);
    expect(points.series.map(({ kind }) => kind)).toEqual(['sum', 'gauge']);
    expect([...points.seriesIndex]).toEqual([0, 1, 1]);
    expect(rows.map(({ startTimeUs }) => startTimeUs)).toEqual([(timeMs - 500) * 1000, 0, 0]);
  });

  it('prefers the start that a sample names itself', () => {
    const sample = message(2, uint(2, timeMs), uint(3, timeMs - 7));
    const { rows } = decodeSeries([{ labels: up, samples: [sample], createdMs: 5 }]);
    expect(rows).toMatchObject([{ startTimeUs: (timeMs - 7) * 1000 }]);
  });

  it('takes references that are not packed, and symbols after the series', () => {
    const series = message(
      5,
      uint(1, 1),
      uint(1, 2),
      message(1, varint(3), varint(4)),
      sampleBytes(1, timeMs),
    );
    const symbols = ['', '__name__', 'up', 'job', 'shop'].flatMap((text) => string(4, text));
    const { points } = decode(Uint8Array.from([...series, ...symbols]));
    expect(points.series).toMatchObject([{ metricName: 'up', serviceId: 'shop' }]);
  });

  it.each<[string, number[]]>([
    ['a symbol that does not exist', [0, 9]],
    ['a name without a value', [1]],
  ])('calls a request with %s malformed', (_, refs) => {
    const bytes = [...string(4, ''), ...string(4, 'x'), ...message(5, message(1, refs))];
    expect(() => decode(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_MALFORMED' }),
    );
  });

  it('rejects labels that come twice, without a name, too many and too long', () => {
    const series = (refs: number[]) =>
      message(5, message(1, refs), sampleBytes(1, timeMs), sampleBytes(2, timeMs));
    const symbols = ['', '__name__', 'up', 'x'.repeat(13)].flatMap((text) => string(4, text));
    const reasons = (...refs: number[]) =>
      decode(
        Uint8Array.from([...symbols, ...series(refs)]),
        new RemoteWriteDecoder({ maxAttributes: 1, maxAttributeLength: 4 }),
      ).rejected;
    expect(reasons(1, 2)).toEqual([]);
    expect(reasons(1, 2, 1, 2)).toEqual([{ reason: 'labels_invalid', count: 2 }]);
    expect(reasons(1, 2, 0, 2)).toEqual([{ reason: 'labels_invalid', count: 2 }]);
    expect(reasons(1, 2, 2, 2, 2, 1)).toEqual([{ reason: 'too_many_attributes', count: 2 }]);
    expect(reasons(1, 2, 2, 3)).toEqual([{ reason: 'attribute_too_long', count: 2 }]);
  });

  it('bounds what small references make of large symbols', () => {
    const symbols = ['__name__', 'up', 'a', 'x'.repeat(3000)].flatMap((text) => string(4, text));
    const series = message(5, message(1, [0, 1, 2, 3]));
    const bytes = Uint8Array.from([...symbols, ...Array.from({ length: 50 }, () => series).flat()]);
    expect(() => decode(bytes, new RemoteWriteDecoder({ maxBytes: 4000 }))).toThrow(
      expect.objectContaining({ code: 'TELEMETRY_LIMIT' }),
    );
    expect(decode(bytes, new RemoteWriteDecoder({ maxBytes: 50_000 })).samples).toBe(0);
  });
});
