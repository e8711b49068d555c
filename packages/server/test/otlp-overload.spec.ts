import { Code } from '@connectrpc/connect';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import { RetryInfoSchema } from '../src/rpc/gen/google/rpc/error_details_pb.js';
import { call, frame, openSession } from './grpc-call.js';
import { overload } from './overload.js';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

const services = {
  metrics: 'metrics.v1.MetricsService',
  traces: 'trace.v1.TraceService',
  logs: 'logs.v1.LogsService',
};
const signals = Object.keys(services) as (keyof typeof services)[];

/** Says that a message of 127 bytes follows: whoever decodes it finds out that none does. */
const damaged = Buffer.from([0x0a, 0x7f, 1]);

function sendOverHttp(colony: TestColony, signal: keyof typeof services) {
  return fetch(`${colony.url}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...colony.auth },
    body: damaged as never,
  });
}

function sendOverGrpc(colony: TestColony, signal: keyof typeof services) {
  return call(openSession(colony.url), frame(damaged), {
    ...colony.auth,
    ':path': `/opentelemetry.proto.collector.${services[signal]}/Export`,
  });
}

describe('metrics, traces and logs sent to a store that cannot take more', () => {
  it('are refused for the moment before they are decoded, over HTTP and gRPC', async () => {
    const colony = await startColony();
    const sendAll = async () => ({
      http: await Promise.all(signals.map((signal) => sendOverHttp(colony, signal))),
      grpc: await Promise.all(signals.map((signal) => sendOverGrpc(colony, signal))),
    });
    const { work } = await overload(colony.database);
    const refused = await sendAll();
    for (const answer of refused.http) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1']);
    }
    for (const answer of refused.grpc) {
      expect(answer).toMatchObject({ code: Code.ResourceExhausted, trailersOnly: true });
      const details = answer.status!.details.map((detail) => anyUnpack(detail, RetryInfoSchema));
      expect(details.find(Boolean)?.retryDelay?.seconds).toBe(1n);
    }
    await work;
    // Now they are looked at.
    const read = await sendAll();
    expect(read.http.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(read.grpc.map(({ code }) => code)).toEqual(signals.map(() => Code.InvalidArgument));
  }, 60_000);
});
