import { Code, ConnectError, createClient } from '@connectrpc/connect';
import type { Client } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { describe, expect, it } from '@jest/globals';
import { ColonyService, Health } from '../src/index.js';
import { HealthCheckResponse_ServingStatus as Status } from '../src/rpc/gen/grpc/health/v1/health_pb.js';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

function healthOf(colony: TestColony): Client<typeof Health> {
  return createClient(Health, createGrpcTransport({ baseUrl: colony.url }));
}

describe('health', () => {
  it('serves while the store answers, for the server and for each of its services', async () => {
    const colony = await startColony();
    const health = healthOf(colony);
    for (const service of ['', ColonyService.typeName, Health.typeName]) {
      expect((await health.check({ service })).status).toBe(Status.SERVING);
    }
    const healthz = await fetch(`${colony.url}/healthz`);
    expect(healthz.status).toBe(200);
    expect(await healthz.json()).toEqual({ status: 'serving' });
  });

  it('does not serve when the store is closed', async () => {
    const colony = await startColony();
    await colony.database.close();
    expect((await healthOf(colony).check({})).status).toBe(Status.NOT_SERVING);
    const healthz = await fetch(`${colony.url}/healthz`);
    expect(healthz.status).toBe(503);
    expect(await healthz.json()).toEqual({ status: 'not_serving' });
  });

  it('says NOT_FOUND to a check of an unknown service, SERVICE_UNKNOWN to a watch', async () => {
    const colony = await startColony();
    const health = healthOf(colony);
    const failure = await health.check({ service: 'nobody' }).catch(ConnectError.from);
    expect(failure).toMatchObject({ code: Code.NotFound });
    for await (const { status } of health.watch({ service: 'nobody' })) {
      expect(status).toBe(Status.SERVICE_UNKNOWN);
      break;
    }
  });

  it('tells watchers at once, when it changes, and ends when the server closes', async () => {
    const colony = await startColony();
    const told: Status[] = [];
    for await (const { status } of healthOf(colony).watch({})) {
      told.push(status);
      if (told.length === 1) void colony.server.close();
    }
    expect(told).toEqual([Status.SERVING, Status.NOT_SERVING]);
  });

  it('notices a store that closes while it is watched', async () => {
    const colony = await startColony();
    const told: Status[] = [];
    for await (const { status } of healthOf(colony).watch({})) {
      told.push(status);
      if (told.length === 2) break;
      await colony.database.close();
    }
    expect(told).toEqual([Status.SERVING, Status.NOT_SERVING]);
  });

  it('bounds the watchers, who need no token', async () => {
    const colony = await startColony();
    const health = healthOf(colony);
    const controller = new AbortController();
    const { signal } = controller;
    const streams = Array.from({ length: 64 }, () =>
      health.watch({}, { signal })[Symbol.asyncIterator](),
    );
    await Promise.all(streams.map((stream) => stream.next()));
    const next = health.watch({}, { signal })[Symbol.asyncIterator]().next();
    await expect(next).rejects.toMatchObject({ code: Code.ResourceExhausted });
    controller.abort();
    await Promise.allSettled(streams.map((stream) => stream.next()));
  });
});
