import { describe, expect, it } from '@jest/globals';
import type { DescribeSeriesOptions } from './describe-series.js';
import { describeSeries } from './describe-series.js';

const requests: DescribeSeriesOptions = {
  metricName: 'http.requests',
  kind: 'sum',
  temporality: 'cumulative',
  monotonic: true,
  unit: '{request}',
  scope: 'http',
  resource: { 'service.name': 'cart' },
  attributes: { method: 'GET', code: 200 },
};

describe('describeSeries', () => {
  it('fills every field', () => {
    expect(describeSeries(requests)).toEqual({
      key: expect.stringMatching(/^[\w-]{43}$/),
      serviceId: 'cart',
      metricName: 'http.requests',
      kind: 'sum',
      unit: '{request}',
      temporality: 'cumulative',
      monotonic: true,
      attributes: '{"code":200,"method":"GET"}',
      resource: '{"service.name":"cart"}',
      scope: 'http',
      bounds: [],
    });
  });

  it('gives a series the same key in every version: it is stored', () => {
    expect(describeSeries(requests).key).toBe('FMJVr-QSWUOs9hotX_nBJs0YKDb7LueVMik_4FVTbNQ');
  });

  it('gives one key whatever the order of attributes', () => {
    const other = { ...requests, attributes: { code: 200, method: 'GET' } };
    expect(describeSeries(other).key).toBe(describeSeries(requests).key);
  });

  it.each<[string, Partial<DescribeSeriesOptions>]>([
    ['name', { metricName: 'other' }],
    ['unit', { unit: 's' }],
    ['scope', { scope: 'other' }],
    ['temporality', { temporality: 'delta' }],
    ['monotonic', { monotonic: false }],
    ['attributes', { attributes: { method: 'GET', code: '200' } }],
    ['resource', { resource: { 'service.name': 'cart', 'host.name': 'a' } }],
  ])('gives another key for another %s', (_, change) => {
    expect(describeSeries({ ...requests, ...change }).key).not.toBe(describeSeries(requests).key);
  });

  it('gives another key for other bounds', () => {
    const latency = { metricName: 'latency', kind: 'histogram', temporality: 'delta' } as const;
    expect(describeSeries({ ...latency, bounds: [1, 2] }).key).not.toBe(
      describeSeries({ ...latency, bounds: [12] }).key,
    );
  });

  it('does not confuse a line break in a name with the next part of the identity', () => {
    const gauge = { kind: 'gauge', metricName: 'a' } as const;
    expect(describeSeries({ ...gauge, scope: '"\n"' }).key).not.toBe(
      describeSeries({ ...gauge, scope: '', metricName: '"\n"a' }).key,
    );
  });

  it.each<[string, DescribeSeriesOptions]>([
    ['an empty name', { metricName: '', kind: 'gauge' }],
    ['a gauge with temporality', { metricName: 'a', kind: 'gauge', temporality: 'delta' }],
    ['a sum without temporality', { metricName: 'a', kind: 'sum' }],
    ['a monotonic gauge', { metricName: 'a', kind: 'gauge', monotonic: true }],
    ['a gauge with bounds', { metricName: 'a', kind: 'gauge', bounds: [1] }],
  ])('refuses %s', (_, options) => {
    expect(() => describeSeries(options)).toThrow(TypeError);
  });

  it.each([[[2, 1]], [[1, 1]], [[NaN]], [[1, Infinity]]])('refuses the bounds %p', (bounds) => {
    const latency = { metricName: 'a', kind: 'histogram', temporality: 'delta' } as const;
    expect(() => describeSeries({ ...latency, bounds })).toThrow(RangeError);
  });
});
