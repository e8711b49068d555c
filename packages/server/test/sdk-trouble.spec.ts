// What OpenTelemetry's SDK makes of a colony that cannot take its telemetry, or not all of it.
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as GrpcLogs } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as HttpLogs } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as GrpcMetrics } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as HttpMetrics } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as GrpcTraces } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as HttpTraces } from '@opentelemetry/exporter-trace-otlp-proto';
import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-node';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { onTestEnd } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { gaugeBytes } from './gauge-bytes.js';
import { exportPath } from './grpc-call.js';
import { overload } from './overload.js';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

/** What an export came to, as the SDK tells its own parts: code 0 is success. */
interface Outcome {
  readonly code: number;
  readonly error?: Error & { readonly code?: number };
}

interface Exporter {
  export(items: never, done: (outcome: Outcome) => void): void;
}

/** Keeps what every export of an exporter comes to. */
function watch(exporter: Exporter): Outcome[] {
  const outcomes: Outcome[] = [];
  const send = exporter.export.bind(exporter);
  exporter.export = (items, done) =>
    send(items, (outcome) => {
      outcomes.push(outcome);
      done(outcome);
    });
  return outcomes;
}

const signals = {
  metrics: {
    http: (options: object) => new HttpMetrics(options),
    grpc: (options: object) => new GrpcMetrics(options),
    run: async (exporter: unknown) => {
      const reader = new PeriodicExportingMetricReader({
        exporter: exporter as PushMetricExporter,
        exportIntervalMillis: 3_600_000,
        exportTimeoutMillis: 60_000,
      });
      const provider = new MeterProvider({ readers: [reader] });
      provider.getMeter('shop').createCounter('shop.orders').add(1);
      await provider.shutdown();
    },
  },
  traces: {
    http: (options: object) => new HttpTraces(options),
    grpc: (options: object) => new GrpcTraces(options),
    run: async (exporter: unknown) => {
      const processor = new BatchSpanProcessor(exporter as SpanExporter, {
        exportTimeoutMillis: 60_000,
      });
      const provider = new NodeTracerProvider({ spanProcessors: [processor] });
      provider.getTracer('shop').startSpan('checkout').end();
      await provider.shutdown();
    },
  },
  logs: {
    http: (options: object) => new HttpLogs(options),
    grpc: (options: object) => new GrpcLogs(options),
    run: async (exporter: unknown) => {
      const processor = new BatchLogRecordProcessor({
        exporter: exporter as LogRecordExporter,
        exportTimeoutMillis: 60_000,
      });
      const provider = new LoggerProvider({ processors: [processor] });
      provider.getLogger('shop').emit({ severityNumber: SeverityNumber.ERROR, body: 'no stock' });
      await provider.shutdown();
    },
  },
};

const names = ['metrics', 'traces', 'logs'] as const;

function optionsFor({ url, auth }: TestColony, path = '') {
  const metadata = new Metadata();
  metadata.set('authorization', auth.authorization);
  const headers = path === '' ? { metadata } : { headers: { ...auth } };
  return { url: url + path, timeoutMillis: 60_000, ...headers };
}

describe('the SDK’s exporter, while the store cannot take more,', () => {
  const { http, grpc, run } = signals.metrics;

  it('waits as long as the colony asks, over HTTP, and sends again', async () => {
    const colony = await startColony();
    const exporter = http(optionsFor(colony, '/v1/metrics'));
    const outcomes = watch(exporter as unknown as Exporter);
    const { work } = await overload(colony.database);
    await run(exporter);
    expect(outcomes).toEqual([{ code: 0 }]);
    const answers = colony.log
      .filter(({ message }) => message === 'request')
      .map(({ fields }) => fields['status']);
    expect(answers[0]).toBe(429);
    expect(answers.at(-1)).toBe(200);
    await work;
  }, 90_000);

  it('gives a batch up over gRPC, knowing why, and the next one arrives', async () => {
    const colony = await startColony();
    const exporter = grpc(optionsFor(colony));
    const outcomes = watch(exporter as unknown as Exporter);
    const { work } = await overload(colony.database);
    await run(exporter);
    expect(outcomes).toMatchObject([{ code: 1, error: { code: 8 } }]);
    await work;
    const again = grpc(optionsFor(colony));
    const later = watch(again as unknown as Exporter);
    await run(again);
    expect(later).toMatchObject([{ code: 0 }]);
  }, 90_000);
});

describe.each(names)('the SDK’s exporter of %s', (name) => {
  const { http, grpc, run } = signals[name];

  it('sends its batch over HTTP and over gRPC', async () => {
    const colony = await startColony();
    for (const exporter of [http(optionsFor(colony, `/v1/${name}`)), grpc(optionsFor(colony))]) {
      const outcomes = watch(exporter as unknown as Exporter);
      await run(exporter);
      expect(outcomes).toEqual([{ code: 0 }]);
    }
  });

  it('says that a colony that is closed is unavailable', async () => {
    const colony = await startColony();
    await colony.database.close();
    const exporter = grpc(optionsFor(colony));
    const outcomes = watch(exporter as unknown as Exporter);
    await run(exporter).catch(() => undefined);
    // UNAVAILABLE
    expect(outcomes).toMatchObject([{ code: 1, error: { code: 14 } }]);
  });
});

describe('a gRPC client that repeats what it may', () => {
  it('repeats a call that was refused for the moment, and is served', async () => {
    const colony = await startColony();
    const retryPolicy = {
      maxAttempts: 5,
      initialBackoff: '0.5s',
      maxBackoff: '5s',
      backoffMultiplier: 2,
      retryableStatusCodes: ['UNAVAILABLE', 'RESOURCE_EXHAUSTED'],
    };
    const service = 'opentelemetry.proto.collector.metrics.v1.MetricsService';
    const config = { methodConfig: [{ name: [{ service }], retryPolicy }] };
    const client = new Client(
      `127.0.0.1:${colony.server.address.port}`,
      credentials.createInsecure(),
      { 'grpc.service_config': JSON.stringify(config) },
    );
    onTestEnd(() => client.close());
    const metadata = new Metadata();
    metadata.set('authorization', colony.auth.authorization);
    const { work } = await overload(colony.database);
    const bytes = Buffer.from(gaugeBytes(Date.now()));
    const answer = await new Promise<Buffer | undefined>((resolve, reject) => {
      client.makeUnaryRequest(
        exportPath,
        (message: Buffer) => message,
        (message: Buffer) => message,
        bytes,
        metadata,
        (reason, value) => (reason === null ? resolve(value) : reject(reason)),
      );
    });
    expect(answer).toHaveLength(0);
    expect(colony.server.stats().ingest.failures).toBeGreaterThan(0);
    await work;
  }, 90_000);
});

describe.each([
  [
    'HTTP with protobuf',
    (colony: TestColony) => new HttpMetrics(optionsFor(colony, '/v1/metrics')),
  ],
  ['HTTP with JSON', (colony: TestColony) => new JsonMetrics(optionsFor(colony, '/v1/metrics'))],
  ['gRPC', (colony: TestColony) => new GrpcMetrics(optionsFor(colony))],
] as const)('a partial success over %s', (_transport, makeExporter) => {
  it('is a success to the SDK, which logs what was rejected and why', async () => {
    const colony = await startColony();
    const warnings: string[] = [];
    const log = (...args: unknown[]) => void warnings.push(JSON.stringify(args));
    const logger = { error: log, warn: log, info() {}, debug() {}, verbose() {} };
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    onTestEnd(() => diag.disable());
    const exporter = makeExporter(colony);
    const outcomes = watch(exporter as unknown as Exporter);
    const reader = new PeriodicExportingMetricReader({
      exporter: exporter as PushMetricExporter,
      exportIntervalMillis: 3_600_000,
    });
    const provider = new MeterProvider({ readers: [reader] });
    const gauge = provider.getMeter('shop').createGauge('shop.load');
    gauge.record(Number.POSITIVE_INFINITY, { cpu: 0 });
    gauge.record(0.5, { cpu: 1 });
    await provider.shutdown();
    expect(outcomes).toMatchObject([{ code: 0 }]);
    expect(warnings.join('\n')).toMatch(/artial.*(?:value_not_finite|value_missing)/s);
    expect(await colony.sql('SELECT count(*) FROM points')).toEqual([[1]]);
  });
});
