import { describe, expect, it } from '@jest/globals';
import type { PointColumns, SeriesDescriptor } from '../points/point-columns.js';
import { processStarts } from './process-starts.js';

/** Columns of numbers: of each the series, the time, the start and the value. */
function columns(
  series: readonly Partial<SeriesDescriptor>[],
  points: readonly (readonly [series: number, time: number, start: number, value: number])[],
): PointColumns {
  const column = (at: 0 | 1 | 2 | 3) => points.map((point) => point[at]);
  return {
    series: series.map((one, at) => ({ key: `k${at}`, temporality: 'cumulative', ...one })),
    length: points.length,
    seriesIndex: Uint32Array.from(column(0)),
    timeUs: Float64Array.from(column(1)),
    startTimeUs: Float64Array.from(column(2)),
    value: Float64Array.from(column(3)),
  } as unknown as PointColumns;
}

const read = (...sent: Parameters<typeof columns>) =>
  Object.fromEntries(
    [...processStarts(columns(...sent))].map(
      ([resource, { saidUs, countersUs, newestUs, counters }]) => [
        resource,
        { saidUs, countersUs, newestUs, counters },
      ],
    ),
  );

describe('processStarts', () => {
  it('reads what each resource says, also where they alternate', () => {
    const series = [
      { resource: 'a', metricName: 'process_start_time_seconds', temporality: 'unspecified' },
      { resource: 'b', metricName: 'requests' },
      { resource: 'a', metricName: 'requests' },
      { resource: 'b', metricName: 'a_name_of_the_same_length', temporality: 'delta' },
    ] as const;
    expect(
      read(series, [
        [0, 50, 0, 12.5],
        [1, 60, 20, 1],
        [2, 40, 30, 1],
        [3, 90, 1, 1],
        [1, 70, 10, 2],
      ]),
    ).toEqual({
      a: { saidUs: 12_500_000, countersUs: 30, newestUs: 50, counters: ['k2'] },
      b: { saidUs: 0, countersUs: 10, newestUs: 90, counters: ['k1'] },
    });
  });

  it('takes the newest start that is said, and the later one of the same time', () => {
    const series = [
      { resource: 'a', metricName: 'process.start_time' },
      { resource: 'a', metricName: 'process_start_time_seconds' },
    ];
    const saidUs = (...points: Parameters<typeof columns>[1]) => read(series, points)['a']?.saidUs;
    expect(saidUs([0, 50, 0, 3], [0, 60, 0, 2], [0, 40, 0, 4])).toBe(2_000_000);
    expect(saidUs([0, 50, 0, 3], [1, 50, 0, 2])).toBe(3_000_000);
    expect(saidUs([0, 50, 0, 3], [1, 60, 0, NaN], [1, 70, 0, -1], [1, 80, 0, 1e300])).toBe(
      3_000_000,
    );
  });

  it('names a few counters at most', () => {
    const series = Array.from({ length: 40 }, () => ({ resource: 'a', metricName: 'requests' }));
    const start = read(
      series,
      series.map((_, at) => [at, 10, 5, 1] as const),
    )['a'];
    expect(start?.counters).toEqual(Array.from({ length: 16 }, (_, at) => `k${at}`));
  });
});
