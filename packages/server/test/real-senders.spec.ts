import { Metadata } from '@grpc/grpc-js';
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from '@jest/globals';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

type Exporter = ProtobufExporter | JsonExporter | GrpcExporter;
type Kind = 'protobuf' | 'json' | 'grpc';

function exporterFor(
  colony: TestColony,
  kind: Kind,
  options: { compression?: 'gzip' | 'none'; temporality?: AggregationTemporality; token?: string },
): Exporter {
  const authorization = `Bearer ${options.token ?? colony.token}`;
  const common = {
    compression: (options.compression ?? 'none') as never,
    temporalityPreference: options.temporality ?? AggregationTemporality.CUMULATIVE,
  };
  if (kind === 'grpc') {
    const metadata = new Metadata();
    metadata.set('authorization', authorization);
    return new GrpcExporter({ ...common, url: colony.url, metadata });
  }
  const settings = { ...common, url: `${colony.url}/v1/metrics`, headers: { authorization } };
  return kind === 'json' ? new JsonExporter(settings) : new ProtobufExporter(settings);
}

/** A program as users write it: one instrument of each kind, measured, exported and shut down. */
async function runProgram(exporter: Exporter, serviceName: string): Promise<void> {
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': serviceName,
      'service.version': '1.2.3',
      'service.instance.id': 'one',
    }),
    readers: [reader],
    views: [
      {
        instrumentName: 'payload.size',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  });
  const meter = provider.getMeter('checkout');
  meter.createObservableGauge('queue.depth').addCallback((result) => result.observe(7));
  const requests = meter.createCounter('http.requests');
  const duration = meter.createHistogram('http.duration', { unit: 'ms' });
  const size = meter.createHistogram('payload.size', { unit: 'By' });
  for (let index = 1; index <= 100; index++) {
    requests.add(1, { 'http.route': '/cart' });
    duration.record(index);
    size.record(index * 10);
  }
  await provider.forceFlush();
  requests.add(20, { 'http.route': '/cart' });
  // Exports a last time, as every program does at its end.
  await provider.shutdown();
}

describe.each([
  ['protobuf', 'none'],
  ['protobuf', 'gzip'],
  ['json', 'none'],
  ['json', 'gzip'],
  ['grpc', 'none'],
  ['grpc', 'gzip'],
] as const)('the OpenTelemetry SDK, over %s with compression %s', (encoding, compression) => {
  it('ends up in points, services and metric_summaries', async () => {
    const colony = await startColony();
    await runProgram(exporterFor(colony, encoding, { compression }), 'checkout');

    const [service] = await colony.database.listServices();
    expect(service).toMatchObject({
      id: 'checkout',
      version: '1.2.3',
      agentId: 'one',
      status: 'running',
      labels: { 'service.name': 'checkout' },
    });
    await colony.database.summarise();
    const summaries = await colony.database.listMetricSummaries({ serviceId: 'checkout' });
    const byName = new Map(summaries.map((summary) => [summary.metricName, summary]));
    expect([...byName.keys()].sort()).toEqual([
      'http.duration',
      'http.requests',
      'payload.size',
      'queue.depth',
    ]);
    expect(byName.get('queue.depth')).toMatchObject({ interval: '5m', mean: 7, max: 7 });
    expect(byName.get('http.duration')).toMatchObject({ count: 100, mean: 50.5 });
    expect(byName.get('payload.size')).toMatchObject({ count: 100, mean: 505 });
    expect(await colony.sql('SELECT count(*) > 0 FROM points')).toEqual([[true]]);
    expect(colony.server.stats().ingest).toMatchObject({ failures: 0, pointsRejected: 0 });
  });
});

describe('the OpenTelemetry SDK', () => {
  it.each(['protobuf', 'grpc'] as const)('may send deltas over %s', async (kind) => {
    const colony = await startColony();
    const temporality = AggregationTemporality.DELTA;
    await runProgram(exporterFor(colony, kind, { temporality }), 'deltas');
    await colony.database.summarise();
    const metrics = await colony.database.listMetrics({ serviceId: 'deltas' });
    expect(metrics.map(({ metricName }) => metricName)).toContain('http.requests');
  });

  it.each(['protobuf', 'grpc'] as const)(
    'stores nothing with a wrong token over %s',
    async (kind) => {
      const colony = await startColony();
      const exporter = exporterFor(colony, kind, { token: 'wrong' });
      // The SDK reports failed exports to its own error handler and goes on.
      await runProgram(exporter, 'stranger');
      expect(colony.server.stats().ingest.requests).toBe(0);
      expect(await colony.database.listServices()).toEqual([]);
    },
  );
});
