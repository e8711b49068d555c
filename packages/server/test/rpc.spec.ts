import { Code, ConnectError, createClient } from '@connectrpc/connect';
import type { Client, Transport } from '@connectrpc/connect';
import {
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from '@connectrpc/connect-node';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import { BadRequestSchema, ColonyService, ErrorInfoSchema } from '../src/index.js';
import {
  InsightPriority,
  InsightStatus,
  MetricInterval,
  MetricStatistic,
  ServiceStatus,
  TopSubject,
} from '../src/rpc/gen/coral/colony/v1/colony_pb.js';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

const transports = {
  gRPC: (baseUrl: string) => createGrpcTransport({ baseUrl }),
  'gRPC-Web over HTTP/1.1': (baseUrl: string) =>
    createGrpcWebTransport({ baseUrl, httpVersion: '1.1' }),
  'Connect with JSON over HTTP/1.1': (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
  'Connect with protobuf over HTTP/2': (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: '2', useBinaryFormat: true }),
} satisfies Record<string, (baseUrl: string) => Transport>;

type TransportName = keyof typeof transports;
const names = Object.keys(transports) as TransportName[];

function clientOf(colony: TestColony, name: TransportName = 'gRPC'): Client<typeof ColonyService> {
  return createClient(ColonyService, transports[name](colony.url));
}

async function failureOf(answer: Promise<unknown>): Promise<ConnectError> {
  return answer.then(
    () => {
      throw new Error('the call succeeded');
    },
    (reason: unknown) => ConnectError.from(reason),
  );
}

describe.each(names)('ColonyService over %s', (name) => {
  it('stores what is written and reads it back', async () => {
    const colony = await startColony();
    const client = clientOf(colony, name);
    const { auth: headers } = colony;
    const at = new Date('2026-03-04T05:06:07.089Z');

    const registered = await client.registerService(
      { id: 'cart', agentId: 'agent-1', version: '2.0', labels: { team: 'shop', tier: 1 } },
      { headers },
    );
    expect(registered.service).toMatchObject({
      id: 'cart',
      name: 'cart',
      appId: 'cart',
      version: '2.0',
      labels: { team: 'shop', tier: 1 },
      status: ServiceStatus.RUNNING,
    });

    const future = timestampFromDate(new Date(Date.now() + 60_000));
    await client.heartbeat(
      { serviceId: 'cart', status: ServiceStatus.ERROR, at: future },
      { headers },
    );
    const { services } = await client.listServices({ status: ServiceStatus.ERROR }, { headers });
    expect(services.map(({ id }) => id)).toEqual(['cart']);
    expect(timestampDate(services[0]!.lastSeen!)).toEqual(timestampDate(future));

    const { ids } = await client.recordEvents(
      {
        events: [
          {
            serviceId: 'cart',
            eventType: 'deploy',
            timestamp: timestampFromDate(at),
            details: { by: { name: 'ann' }, steps: [1, 2] },
            correlationGroup: 'release-7',
          },
          { serviceId: 'cart', eventType: 'restart' },
        ],
      },
      { headers },
    );
    expect(ids).toHaveLength(2);
    const recent = await client.listEvents({ serviceId: 'cart' }, { headers });
    expect(recent.events.map(({ eventType }) => eventType)).toEqual(['restart', 'deploy']);
    const group = await client.listEvents({ correlationGroup: 'release-7' }, { headers });
    expect(group.events).toHaveLength(1);
    expect(group.events[0]).toMatchObject({ details: { by: { name: 'ann' }, steps: [1, 2] } });
    expect(timestampDate(group.events[0]!.timestamp!)).toEqual(at);

    const summary = {
      timestamp: timestampFromDate(new Date('2026-03-04T05:05:00Z')),
      serviceId: 'cart',
      metricName: 'latency',
      interval: MetricInterval.METRIC_INTERVAL_5M,
      p50: 1.5,
      count: 3,
    };
    const pushed = await client.pushMetricSummaries({ summaries: [summary] }, { headers });
    expect(pushed.stored).toBe(1);
    await client.pushMetricSummaries({ summaries: [{ ...summary, p50: 2.5 }] }, { headers });
    const { summaries } = await client.listMetricSummaries({ serviceId: 'cart' }, { headers });
    expect(summaries).toHaveLength(1);
    expect(summaries[0]).toMatchObject({
      p50: 2.5,
      count: 3,
      interval: MetricInterval.METRIC_INTERVAL_5M,
    });
    expect(summaries[0]!.p95).toBeUndefined();
    const { metrics } = await client.listMetrics({}, { headers });
    expect(metrics).toMatchObject([{ serviceId: 'cart', metricName: 'latency', summaries: 1n }]);

    const range = {
      from: timestampFromDate(new Date('2026-03-04T05:00:00Z')),
      to: timestampFromDate(new Date('2026-03-04T06:00:00Z')),
    };
    const series = await client.queryMetric(
      {
        ...range,
        serviceId: 'cart',
        metricName: 'latency',
        statistic: MetricStatistic.P50,
        stepMs: 300_000n,
      },
      { headers },
    );
    expect(series).toMatchObject({ stepMs: 300_000n, ...range });
    expect(series.points).toMatchObject([
      { timestamp: summary.timestamp, value: 2.5, interval: MetricInterval.METRIC_INTERVAL_5M },
    ]);
    const top = await client.topMetrics(
      { ...range, statistic: MetricStatistic.COUNT, by: TopSubject.SERVICE },
      { headers },
    );
    expect(top.entries).toMatchObject([{ serviceId: 'cart', value: 3 }]);
    const unasked = await failureOf(client.topMetrics(range, { headers }));
    expect([unasked.code, unasked.message]).toEqual([
      Code.InvalidArgument,
      expect.stringContaining('statistic'),
    ]);

    await client.observeConnections(
      { connections: [{ fromService: 'web', toService: 'cart', protocol: 'http', count: 4 }] },
      { headers },
    );
    const topology = await client.getServiceTopology({}, { headers });
    expect(topology.services.map(({ id }) => id)).toEqual(['cart']);
    expect(topology.connections).toMatchObject([
      { fromService: 'web', toService: 'cart', protocol: 'http', connectionCount: 4 },
    ]);

    await colony.database.createInsight({
      insightType: 'anomaly',
      priority: 'high',
      title: 'slow',
      summary: 'cart is slow',
      affectedServices: ['cart'],
      confidence: 0.9,
    });
    const { insights } = await client.getActiveInsights({}, { headers });
    expect(insights).toMatchObject([
      { title: 'slow', priority: InsightPriority.HIGH, status: InsightStatus.ACTIVE },
    ]);
    const dismissed = await client.listInsights({ status: InsightStatus.DISMISSED }, { headers });
    expect(dismissed.insights).toEqual([]);

    const { status } = await client.getStatus({}, { headers });
    expect(status).toMatchObject({ colony_id: 'test-dev-000000', pid: process.pid });
  });

  it('refuses a call without the token, with a wrong one, and with an invalid field', async () => {
    const colony = await startColony();
    const client = clientOf(colony, name);
    const absent = await failureOf(client.listServices({}));
    expect(absent.code).toBe(Code.Unauthenticated);
    const wrong = await failureOf(
      client.listServices({}, { headers: { authorization: 'Bearer nope' } }),
    );
    expect(wrong.code).toBe(Code.Unauthenticated);

    const invalid = await failureOf(
      client.recordEvents(
        { events: [{ serviceId: 'cart', eventType: 'deploy' }, { serviceId: 'cart' }] },
        { headers: colony.auth },
      ),
    );
    expect(invalid.code).toBe(Code.InvalidArgument);
    const [badRequest] = invalid.findDetails(BadRequestSchema);
    expect(badRequest?.fieldViolations[0]?.field).toBe('events[1].event_type');
    expect(invalid.findDetails(ErrorInfoSchema)[0]).toMatchObject({
      reason: 'SERVER_INPUT_INVALID',
      domain: 'coral',
    });
    expect(await colony.database.listEvents()).toEqual([]);
    expect((await client.listServices({}, { headers: colony.auth })).services).toEqual([]);
  });

  it('refuses a Host or :authority that does not name the colony, and any foreign Origin', async () => {
    const colony = await startColony();
    const client = clientOf(colony, name);
    const origin = await failureOf(
      client.listServices({}, { headers: { ...colony.auth, origin: 'http://evil.example' } }),
    );
    expect(origin.code).toBe(Code.PermissionDenied);
    const rebound = await failureOf(
      client.listServices({}, { headers: { ...colony.auth, host: 'evil.example' } }),
    );
    expect(rebound.code).toBe(Code.PermissionDenied);
  });
});

describe('ColonyService', () => {
  it('is called by plain fetch with JSON', async () => {
    const colony = await startColony();
    const path = '/coral.colony.v1.ColonyService';
    const recorded = await colony.post(`${path}/RecordEvents`, {
      events: [{ serviceId: 'cart', eventType: 'deploy', timestamp: '2026-01-02T03:04:05.006Z' }],
    });
    expect(recorded.status).toBe(200);
    expect(await recorded.json()).toEqual({ ids: [1] });
    const listed = await colony.post(`${path}/ListEvents`, { serviceId: 'cart' });
    expect(await listed.json()).toEqual({
      events: [
        { id: 1, timestamp: '2026-01-02T03:04:05.006Z', serviceId: 'cart', eventType: 'deploy' },
      ],
    });
  });

  it('says NOT_FOUND to the heartbeat of a service that was never registered', async () => {
    const colony = await startColony();
    const failure = await failureOf(
      clientOf(colony).heartbeat({ serviceId: 'ghost' }, { headers: colony.auth }),
    );
    expect(failure.code).toBe(Code.NotFound);
    expect(failure.findDetails(ErrorInfoSchema)[0]).toMatchObject({
      reason: 'SERVER_SERVICE_UNKNOWN',
      metadata: { serviceId: 'ghost' },
    });
    expect(await colony.database.listServices()).toEqual([]);
  });

  it('names the field that only the store finds wrong', async () => {
    const colony = await startColony();
    const failure = await failureOf(
      clientOf(colony).registerService(
        { id: 'x'.repeat(513), agentId: 'a' },
        { headers: colony.auth },
      ),
    );
    expect(failure.code).toBe(Code.InvalidArgument);
    expect(failure.findDetails(ErrorInfoSchema)[0]?.reason).toBe('STORAGE_INVALID_INPUT');
    expect(failure.findDetails(BadRequestSchema)[0]?.fieldViolations[0]?.field).toBe('id');
  });

  it.each([
    ['registerService', { id: '', agentId: 'a' }, 'id'],
    ['registerService', { id: 'a', agentId: ' ' }, 'agent_id'],
    ['registerService', { id: 'a', agentId: 'a', status: 99 }, 'status'],
    ['heartbeat', {}, 'service_id'],
    ['recordEvents', {}, 'events'],
    ['recordEvents', { events: Array(1_001).fill({ serviceId: 'a', eventType: 'b' }) }, 'events'],
    ['pushMetricSummaries', { summaries: [{ serviceId: 'a' }] }, 'summaries[0].timestamp'],
    [
      'pushMetricSummaries',
      { summaries: [{ serviceId: 'a', metricName: 'm', timestamp: { seconds: 0n } }] },
      'summaries[0].interval',
    ],
    [
      'recordEvents',
      { events: [{ serviceId: 'a', eventType: 'b', timestamp: { seconds: 1n << 60n } }] },
      'events[0].timestamp',
    ],
    [
      'observeConnections',
      { connections: [{ fromService: 'a', toService: 'b', protocol: 'http', count: -1 }] },
      'connections[0].count',
    ],
    ['listEvents', { limit: -1 }, 'limit'],
    ['listServices', { limit: 10_001 }, 'limit'],
  ] as const)('refuses %s for its field', async (method, request, field) => {
    const colony = await startColony();
    const client = clientOf(colony);
    const call = client[method] as (request: unknown, options: object) => Promise<unknown>;
    const failure = await failureOf(call(request, { headers: colony.auth }));
    expect(failure.code).toBe(Code.InvalidArgument);
    expect(failure.findDetails(BadRequestSchema)[0]?.fieldViolations[0]?.field).toBe(field);
  });

  it('refuses a message that is larger than allowed, compressed or not, and serves on', async () => {
    const colony = await startColony();
    const huge = { events: [{ serviceId: 'a'.repeat(5_000_000), eventType: 'b' }] };
    const failure = await failureOf(clientOf(colony).recordEvents(huge, { headers: colony.auth }));
    expect(failure.code).toBe(Code.ResourceExhausted);
    const answer = await colony.post('/coral.colony.v1.ColonyService/RecordEvents', huge);
    expect(answer.status).toBe(429);
    expect((await clientOf(colony).listEvents({}, { headers: colony.auth })).events).toEqual([]);
  });

  it('says unimplemented to a method that does not exist', async () => {
    const colony = await startColony();
    const connect = await colony.post('/coral.colony.v1.ColonyService/DropEverything', {});
    expect(connect.status).toBe(404);
    expect(await connect.json()).toMatchObject({ code: 'unimplemented' });
    const grpc = await colony.post(
      '/coral.colony.v1.ColonyService/DropEverything',
      {},
      {
        'content-type': 'application/grpc',
      },
    );
    expect(grpc.headers.get('grpc-status')).toBe(String(Code.Unimplemented));
  });

  it('says unavailable when the store is closed', async () => {
    const colony = await startColony();
    await colony.database.close();
    const failure = await failureOf(clientOf(colony).listEvents({}, { headers: colony.auth }));
    expect(failure.code).toBe(Code.Unavailable);
    expect(failure.findDetails(ErrorInfoSchema)[0]?.reason).toBe('STORAGE_NOT_OPEN');
  });
});
