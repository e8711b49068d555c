// Whatever a target serves is the same to the colony, scraped or sent on by a Prometheus.
import { describe, expect, it } from '@jest/globals';
import { ExpositionTarget, parseExposition, RemoteWriteDecoder } from '../src/index.js';
import type { DecodedMetrics } from '../src/index.js';
import { metadataBytes, sampleBytes, timeSeriesBytes, writeRequest } from './remote-write-bytes.js';

const timeMs = Date.UTC(2026, 0, 1);
const target = { job: 'shop', instance: '127.0.0.1:8080' };
const types = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

type Labels = Record<string, string>;

/** Families: name, type, and samples as name and labels. */
const families: [name: string, type: string, ...samples: [name: string, labels?: Labels][]][] = [
  ['orders', 'counter', ['orders', { shop: 'a' }], ['orders', { shop: 'b' }]],
  ['requests_total', 'counter', ['requests_total', { code: '200' }]],
  ['in_total', 'gauge', ['in_total']],
  ['jobs', 'counter', ['jobs_total']],
  [
    'latency_seconds',
    'histogram',
    ['latency_seconds_bucket', { le: '0.1', path: '/' }],
    ['latency_seconds_bucket', { le: '1.0', path: '/' }],
    ['latency_seconds_bucket', { le: '+Inf', path: '/' }],
    ['latency_seconds_bucket', { le: 'many' }],
    ['latency_seconds_sum', { path: '/' }],
    ['latency_seconds_count', { path: '/' }],
  ],
  [
    'rpc_seconds',
    'summary',
    ['rpc_seconds', { quantile: '0.5' }],
    ['rpc_seconds', { quantile: '0.999' }],
    ['rpc_seconds', { quantile: 'most' }],
    ['rpc_seconds_sum'],
    ['rpc_seconds_count'],
  ],
  [
    'waiting',
    'gaugehistogram',
    ['waiting_bucket', { le: '1' }],
    ['waiting_gcount'],
    ['waiting_gsum'],
  ],
  ['build', 'info', ['build_info', { version: '1.2' }]],
  ['feature', 'stateset', ['feature', { feature: 'x' }]],
  ['untold', 'unknown', ['untold', { quantile: '1' }]],
  ['untold_total', 'unknown', ['untold_total']],
  ['untold_bucket', 'unknown', ['untold_bucket', { le: '5' }], ['untold_bucket']],
];

const text = (isTyped: boolean) =>
  families
    .flatMap(([family, type, ...samples]) => [
      ...(isTyped ? [`# TYPE ${family} ${type}`] : []),
      ...samples.map(
        ([name, labels = {}], i) =>
          `${name}{${Object.entries(labels).map(([label, value]) => `${label}="${value}"`)}} ${i}`,
      ),
    ])
    .join('\n');

const request = (isTyped: boolean) =>
  writeRequest(
    ...families.flatMap(([family, type, ...samples]) => [
      ...(isTyped ? [metadataBytes(family, types.indexOf(type))] : []),
      ...samples.map(([name, labels = {}], i) =>
        timeSeriesBytes({ ...labels, ...target, __name__: name }, sampleBytes(i, timeMs)),
      ),
    ]),
  );

const rows = ({ points, resources }: DecodedMetrics) => ({
  resources,
  points: Array.from({ length: points.length }, (_, i) => ({
    ...points.series[points.seriesIndex[i]!]!,
    timeUs: points.timeUs[i]!,
    startTimeUs: points.startTimeUs[i]!,
    value: points.value[i]!,
  })),
});

describe.each([
  ['types are told', true],
  ['names alone tell', false],
])('what is scraped and what is remote-written, when %s', (_, isTyped) => {
  it('is the same', () => {
    const scraped = parseExposition(new TextEncoder().encode(text(isTyped)), {
      target: new ExpositionTarget({ labels: target }),
      format: 'text',
      timeUs: timeMs * 1_000,
    });
    const sent = new RemoteWriteDecoder().decode(Uint8Array.from(request(isTyped)));
    expect(scraped.rejected).toEqual([]);
    expect(rows(scraped).points).toHaveLength(families.flatMap(([, , ...all]) => all).length);
    expect(rows(scraped)).toEqual(rows(sent));
  });
});
