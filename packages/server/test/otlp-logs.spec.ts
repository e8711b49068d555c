import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as GrpcExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '@coral/testkit';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

/** A program that logs, as users write it. */
async function runProgram(exporter: LogRecordExporter, name: string): Promise<void> {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({
      'service.name': name,
      'service.version': '1.2.3',
      'service.instance.id': 'one',
    }),
    processors: [new BatchLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('main');
  logger.emit({ severityNumber: SeverityNumber.INFO, body: 'started' });
  for (let order = 1; order <= 60; order++) {
    logger.emit({
      severityNumber: SeverityNumber.ERROR,
      body: `order ${order} failed`,
      attributes: { 'exception.type': 'TypeError', 'exception.message': 'no price' },
    });
  }
  logger.emit({ severityNumber: SeverityNumber.FATAL, body: 'out of memory' });
  await provider.shutdown();
}

const exporters: Record<string, (colony: TestColony) => LogRecordExporter> = {
  'HTTP with protobuf': ({ url, auth }) =>
    new ProtobufExporter({ url: `${url}/v1/logs`, headers: auth }),
  'HTTP with JSON and gzip': ({ url, auth }) =>
    new JsonExporter({ url: `${url}/v1/logs`, headers: auth, compression: 'gzip' as never }),
  gRPC: ({ server }) => new GrpcExporter({ url: `http://127.0.0.1:${server.address.port}` }),
};

const eventsOf = async ({ database }: TestColony) =>
  (await database.listEvents({ serviceId: 'checkout' })).reverse();

describe.each(Object.keys(exporters))('the OpenTelemetry SDK’s logs, over %s', (transport) => {
  it('become a service and its events', async () => {
    const colony = await startColony({ loopbackWithoutToken: true });
    await runProgram(exporters[transport]!(colony), 'checkout');
    expect(await colony.database.listServices()).toMatchObject([
      { id: 'checkout', version: '1.2.3', agentId: 'one', status: 'running' },
    ]);
    const events = await eventsOf(colony);
    expect(events.map(({ eventType, details }) => [eventType, details!['reason']])).toEqual(
      expect.arrayContaining([
        ['alert', 'new_error'],
        ['crash', 'fatal_log'],
        ['alert', 'error_burst'],
      ]),
    );
    // A burst may lie on both sides of a minute, and is one nevertheless, or none.
    expect(events).toHaveLength(3);
    expect(events.find(({ eventType }) => eventType === 'crash')?.details).toMatchObject({
      message: 'out of memory',
      instance: 'one',
      count: 1,
    });
    expect(new Set(events.map(({ correlationGroup }) => correlationGroup)).size).toBe(1);
    expect(colony.server.stats().logs).toMatchObject({ failures: 0, pointsAccepted: 62 });
    expect(colony.server.stats().ingest).toMatchObject({ requests: 0 });
  });
});

describe('POST /v1/logs', () => {
  const logsOf = (ms: number, ...bodies: string[]) => ({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
        scopeLogs: [
          {
            logRecords: bodies.map((body) => ({
              timeUnixNano: `${ms}000000`,
              severityNumber: 17,
              body: { stringValue: body },
            })),
          },
        ],
      },
    ],
  });

  it('gives the same events for a request that is sent again', async () => {
    const colony = await startColony();
    const request = logsOf(Date.now(), ...Array<string>(50).fill('it broke'));
    for (let i = 0; i < 3; i++) expect((await colony.post('/v1/logs', request)).status).toBe(200);
    await Promise.all([1, 2].map(() => colony.post('/v1/logs', request)));
    const events = await eventsOf(colony);
    expect(events.map(({ details }) => details!['reason'])).toEqual(['new_error', 'error_burst']);
    expect(events[1]!.details).toMatchObject({ count: 50 });
  });

  it('counts what is too old in the partial success', async () => {
    const colony = await startColony();
    const response = await colony.post('/v1/logs', logsOf(Date.now() - 86_400_000, 'old', 'older'));
    expect(await response.json()).toEqual({
      partialSuccess: {
        rejectedLogRecords: '2',
        errorMessage: expect.stringMatching(/older than 3600 s/),
      },
    });
    expect(await colony.database.listEvents()).toEqual([]);
  });

  it('refuses what is no request of logs, and says so', async () => {
    const colony = await startColony();
    const response = await colony.post('/v1/logs', { resourceLogs: 5 });
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(/OTLP logs request/);
  });

  it('answers full success with an empty message', async () => {
    const colony = await startColony();
    const response = await fetch(`${colony.url}/v1/logs`, {
      method: 'POST',
      headers: { ...colony.auth, 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(0),
    });
    expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 0]);
    expect(ProtobufLogsSerializer.deserializeResponse(new Uint8Array(0))).toEqual({});
  });

  it('makes few events of a storm, whatever the lines say', async () => {
    const colony = await startColony();
    const random = seededRandom();
    const word = () => Array.from({ length: 8 }, () => random.pick([...'abcdefgh'])).join('');
    const lines = Array.from(
      { length: 400 },
      () => `${word()} ${word()} ${random.integer(1, 1e9)}`,
    );
    for (let at = 0; at < lines.length; at += 100) {
      await colony.post('/v1/logs', logsOf(Date.now(), ...lines.slice(at, at + 100)));
    }
    const reasons = (await eventsOf(colony)).map(({ details }) => details!['reason'] as string);
    expect(reasons.filter((reason) => reason === 'new_error').length).toBeLessThanOrEqual(20);
    expect(reasons.length).toBeLessThan(26);
    const [[kept]] = (await colony.sql('SELECT count(*)::INTEGER FROM log_errors')) as [[number]];
    expect(kept).toBe(400);
  });
});
