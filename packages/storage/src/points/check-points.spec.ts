import { describe, expect, it } from '@jest/globals';
import { histogramPoints } from '../../test/support/histogram-points.js';
import { numberPoints } from '../../test/support/number-points.js';
import { checkPoints } from './check-points.js';

const nowMs = Date.UTC(2026, 0, 1, 12);
const options = {
  nowUs: nowMs * 1000,
  acceptLateUs: 60_000_000,
  acceptEarlyUs: 10_000_000,
  isClosed: () => false,
};
const gauge = { serviceId: 'checkout', metricName: 'queue.length', kind: 'gauge' } as const;
const point = (ms: number, value = 1) => ({ timeMs: nowMs + ms, value });

describe('checkPoints', () => {
  it('accepts points from the oldest to the newest that are allowed, both included', () => {
    const points = numberPoints(gauge, [point(-60_000), point(0), point(10_000)]);
    expect(checkPoints(points, options)).toEqual({
      accept: Uint8Array.of(1, 1, 1),
      accepted: 3,
      rejected: [],
    });
  });

  it('refuses what is older or newer by a millisecond, and counts each kind', () => {
    const points = numberPoints(gauge, [point(-60_001), point(0), point(10_001), point(20_000)]);
    expect(checkPoints(points, options)).toEqual({
      accept: Uint8Array.of(0, 1, 0, 0),
      accepted: 1,
      rejected: [
        { reason: 'older than 60 s', count: 1 },
        { reason: 'more than 10 s in the future', count: 2 },
      ],
    });
  });

  it.each([NaN, Infinity, -Infinity])('refuses the value %d', (value) => {
    const { accept, rejected } = checkPoints(
      numberPoints(gauge, [point(0, value), point(0)]),
      options,
    );
    expect(accept).toEqual(Uint8Array.of(0, 1));
    expect(rejected).toEqual([{ reason: 'not a finite number', count: 1 }]);
  });

  it.each([0, -0, -5, Number.MAX_VALUE, Number.MIN_VALUE])('accepts the value %d', (value) => {
    expect(checkPoints(numberPoints(gauge, [point(0, value)]), options).accepted).toBe(1);
  });

  it('refuses what is from a time that is closed', () => {
    const points = numberPoints(gauge, [point(-1), point(0)]);
    const isClosed = (timeUs: number) => timeUs < nowMs * 1000;
    expect(checkPoints(points, { ...options, isClosed })).toEqual({
      accept: Uint8Array.of(0, 1),
      accepted: 1,
      rejected: [{ reason: 'from a time that is closed', count: 1 }],
    });
  });

  it('refuses a time that is no number', () => {
    const points = numberPoints(gauge, [{ timeMs: NaN, value: 1 }]);
    expect(checkPoints(points, options).accepted).toBe(0);
  });

  it('accepts a histogram without sum, least and largest', () => {
    const points = histogramPoints(
      { serviceId: 'checkout', metricName: 'latency', kind: 'histogram', bounds: [1] },
      [{ timeMs: nowMs, count: 2, buckets: [[1, 0, 2]] }],
    );
    expect(checkPoints(points, options)).toMatchObject({ accepted: 1, rejected: [] });
  });

  it('refuses a histogram whose count is infinite', () => {
    const points = histogramPoints(
      { serviceId: 'checkout', metricName: 'latency', kind: 'histogram', bounds: [1] },
      [{ timeMs: nowMs, count: Infinity, buckets: [] }],
    );
    expect(checkPoints(points, options).rejected).toEqual([
      { reason: 'not a finite number', count: 1 },
    ]);
  });

  it.each([
    ['an empty service', { serviceId: '' }],
    ['a metric of 513 characters', { metricName: 'm'.repeat(513) }],
    ['a NUL in the unit', { unit: 'a\0' }],
    ['half a surrogate pair in the attributes', { attributes: '{"a":"\ud800"}' }],
  ])('refuses all points of a series with %s, and no others', (_, bad) => {
    const points = {
      ...numberPoints(gauge, [point(0), point(0), point(0)]),
      series: [...numberPoints({ ...gauge, ...bad }, []).series, ...numberPoints(gauge, []).series],
      seriesIndex: Uint32Array.of(0, 1, 0),
    };
    expect(checkPoints(points, options)).toEqual({
      accept: Uint8Array.of(0, 1, 0),
      accepted: 1,
      rejected: [{ reason: expect.stringContaining('cannot be stored'), count: 2 }],
    });
  });

  it('decides on nothing when there is nothing', () => {
    expect(checkPoints(numberPoints(gauge, []), options)).toEqual({
      accept: new Uint8Array(),
      accepted: 0,
      rejected: [],
    });
  });

  it('accounts for every point, each once', () => {
    const points = numberPoints(gauge, [
      { timeMs: nowMs - 100_000, value: NaN },
      { timeMs: nowMs + 100_000, value: NaN },
      { timeMs: nowMs, value: NaN },
      { timeMs: nowMs, value: 1 },
    ]);
    const { accepted, rejected } = checkPoints(points, options);
    expect(accepted + rejected.reduce((sum, { count }) => sum + count, 0)).toBe(4);
    expect(rejected.map(({ count }) => count)).toEqual([1, 1, 1]);
  });
});
