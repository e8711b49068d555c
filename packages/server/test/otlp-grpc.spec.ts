import { request as httpRequest } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { Zstd } from '@hpcc-js/wasm-zstd';
import { Code } from '@connectrpc/connect';
import { describe, expect, it } from '@jest/globals';
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { BadRequestSchema, ErrorInfoSchema } from '../src/index.js';
import { RetryInfoSchema } from '../src/rpc/gen/google/rpc/error_details_pb.js';
import { call, exportPath, frame, openSession } from './grpc-call.js';
import { gaugeBytes } from './gauge-bytes.js';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

const zstd = await Zstd.load();

/** What must hold after every refused call: the colony serves, and holds only what it held. */
async function expectUnharmed(colony: TestColony): Promise<void> {
  expect(await colony.database.listServices()).toEqual([]);
  const sent = await call(openSession(colony.url), frame(gaugeBytes(Date.now())), colony.auth);
  expect(sent.code).toBe(0);
  expect(await colony.sql('SELECT count(*) FROM points')).toEqual([[1]]);
}

describe('MetricsService/Export', () => {
  it('answers full success with an empty message and status 0, after the commit', async () => {
    const colony = await startColony();
    const sent = await call(openSession(colony.url), frame(gaugeBytes(Date.now())), colony.auth);
    expect(sent).toMatchObject({ http: 200, code: 0, body: frame(Buffer.alloc(0)) });
    expect(sent.headers['content-type']).toBe('application/grpc');
    expect(sent.headers['grpc-accept-encoding']).toBe('gzip,deflate,zstd,identity');
    expect(await colony.sql('SELECT count(*) FROM points')).toEqual([[1]]);
    expect(colony.server.stats().ingest).toMatchObject({ requests: 1, pointsAccepted: 1 });
  });

  it('stores what it can and says what it could not', async () => {
    const colony = await startColony();
    const message = Buffer.concat([
      gaugeBytes(Date.now()),
      gaugeBytes(Date.now() - 30 * 86_400_000),
    ]);
    const sent = await call(openSession(colony.url), frame(message), colony.auth);
    expect(sent.code).toBe(0);
    expect(ProtobufMetricsSerializer.deserializeResponse(sent.body.subarray(5))).toEqual({
      partialSuccess: { rejectedDataPoints: 1, errorMessage: expect.stringMatching(/older/) },
    });
    expect(await colony.sql('SELECT count(*) FROM points')).toEqual([[1]]);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', (bytes: Uint8Array) => zstd.compress(bytes)],
  ])('takes messages compressed with %s', async (encoding, compress) => {
    const colony = await startColony();
    const message = compress(gaugeBytes(Date.now()));
    const headers = { ...colony.auth, 'grpc-encoding': encoding };
    const session = openSession(colony.url);
    expect((await call(session, frame(message, { flag: 1 }), headers)).code).toBe(0);
    // A sender may leave single messages uncompressed.
    expect((await call(session, frame(gaugeBytes(Date.now())), headers)).code).toBe(0);
    expect(await colony.sql('SELECT count(*) FROM points')).toEqual([[2]]);
  });

  it('takes many calls on one connection at once', async () => {
    const colony = await startColony();
    const session = openSession(colony.url);
    const now = Date.now();
    const sent = await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        call(session, frame(gaugeBytes(now - index * 1_000)), colony.auth),
      ),
    );
    expect(sent.filter(({ code }) => code === 0)).toHaveLength(300);
    expect(await colony.sql('SELECT count(*) FROM points')).toEqual([[300]]);
  });
});

describe('a call that cannot be used', () => {
  const good = gaugeBytes(1_800_000_000_000);
  const compressed = gzipSync(good);
  it.each([
    ['no message', Buffer.alloc(0), {}, Code.InvalidArgument],
    ['a prefix that is cut', Buffer.from([0, 0, 0]), {}, Code.InvalidArgument],
    ['a message that is cut', frame(good).subarray(0, 20), {}, Code.InvalidArgument],
    ['bytes after the message', Buffer.concat([frame(good), good]), {}, Code.InvalidArgument],
    ['two messages', Buffer.concat([frame(good), frame(good)]), {}, Code.InvalidArgument],
    ['a flag that does not exist', frame(good, { flag: 2 }), {}, Code.InvalidArgument],
    ['compression nobody named', frame(compressed, { flag: 1 }), {}, Code.InvalidArgument],
    [
      'gzip that is none',
      frame(good, { flag: 1 }),
      { 'grpc-encoding': 'gzip' },
      Code.InvalidArgument,
    ],
    [
      'gzip that is cut',
      frame(compressed.subarray(0, 30), { flag: 1 }),
      { 'grpc-encoding': 'gzip' },
      Code.InvalidArgument,
    ],
    ['another message', frame(Buffer.from([0x0a, 0x7f, 1])), {}, Code.InvalidArgument],
    ['a timeout that is none', frame(good), { 'grpc-timeout': 'soon' }, Code.InvalidArgument],
    ['an encoding nobody knows', frame(good), { 'grpc-encoding': 'br' }, Code.Unimplemented],
    ['a length of 4 GiB', frame(good, { length: 0xffff_ffff }), {}, Code.ResourceExhausted],
    ['21 MiB', frame(Buffer.alloc(21 * 1024 * 1024)), {}, Code.ResourceExhausted],
    [
      'a zstd bomb of 50 MB',
      frame(zstd.compress(Buffer.alloc(50_000_000)), { flag: 1 }),
      { 'grpc-encoding': 'zstd' },
      Code.ResourceExhausted,
    ],
    [
      'a bomb of 50 MB',
      frame(gzipSync(Buffer.alloc(50_000_000)), { flag: 1 }),
      { 'grpc-encoding': 'gzip' },
      Code.ResourceExhausted,
    ],
  ])('%s is refused and harms nothing', async (_name, body, headers, code) => {
    const colony = await startColony();
    const sent = await call(openSession(colony.url), body, { ...colony.auth, ...headers });
    expect(sent).toMatchObject({ http: 200, code, trailersOnly: true });
    expect(sent.message).not.toBe('');
    expect(sent.status).toMatchObject({ code, message: sent.message });
    // Only with a RetryInfo would a sender repeat RESOURCE_EXHAUSTED.
    expect(sent.status!.details.some((detail) => anyUnpack(detail, RetryInfoSchema))).toBe(false);
    await expectUnharmed(colony);
  });

  it('carries google.rpc.Status with the code and a BadRequest', async () => {
    const colony = await startColony();
    const body = frame(Buffer.from([0x0a, 0x7f]));
    const { status } = await call(openSession(colony.url), body, colony.auth);
    expect(anyUnpack(status!.details[0]!, ErrorInfoSchema)).toMatchObject({
      reason: 'TELEMETRY_MALFORMED',
      domain: 'coral',
    });
    expect(anyUnpack(status!.details[1]!, BadRequestSchema)?.fieldViolations).toHaveLength(1);
  });

  it('is plain HTTP when it is not gRPC', async () => {
    const colony = await startColony();
    const session = openSession(colony.url);
    const json = JSON.stringify({});
    const http2 = await call(session, Buffer.from(json), {
      ...colony.auth,
      'content-type': 'application/json',
    });
    expect(http2.http).toBe(415);
    expect(JSON.parse(http2.body.toString())).toMatchObject({
      code: 'SERVER_MEDIA_TYPE_UNSUPPORTED',
      message: expect.stringContaining('/v1/metrics'),
    });
    const http1 = await new Promise((resolve, reject) => {
      const request = httpRequest(colony.url + exportPath, {
        method: 'POST',
        headers: { 'content-type': 'application/grpc', ...colony.auth },
      });
      request.on('response', (response) => resolve(response.resume().statusCode));
      request.on('error', reject).end(frame(good));
    });
    expect(http1).toBe(415);
  });

  it('names a service there is none of', async () => {
    const colony = await startColony();
    const path = '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export';
    const sent = await call(openSession(colony.url), frame(good), {
      ...colony.auth,
      ':path': path,
    });
    expect(sent).toMatchObject({ http: 200, code: Code.Unimplemented, trailersOnly: true });
  });
});

describe('who may send telemetry over gRPC', () => {
  it('needs the token as metadata', async () => {
    const colony = await startColony();
    const session = openSession(colony.url);
    const absent = await call(session, frame(gaugeBytes(Date.now())));
    expect(absent).toMatchObject({ http: 200, code: Code.Unauthenticated, trailersOnly: true });
    expect(absent.message).toMatch(/Bearer/);
    const wrong = await call(session, frame(gaugeBytes(Date.now())), {
      authorization: 'Bearer no',
    });
    expect(wrong.code).toBe(Code.Unauthenticated);
    expect(await colony.database.listServices()).toEqual([]);
  });

  it('needs none from this machine where the colony says so', async () => {
    const colony = await startColony({ loopbackWithoutToken: true });
    const sent = await call(openSession(colony.url), frame(gaugeBytes(Date.now())));
    expect(sent.code).toBe(0);
  });
});

describe('a call in bad times', () => {
  it('is told when to come again while the store is closed', async () => {
    const colony = await startColony();
    await colony.database.close();
    const sent = await call(openSession(colony.url), frame(gaugeBytes(Date.now())), colony.auth);
    expect(sent.code).toBe(Code.Unavailable);
    const retry = sent.status!.details.map((detail) => anyUnpack(detail, RetryInfoSchema));
    expect(retry.find(Boolean)?.retryDelay?.seconds).toBe(5n);
  });

  it('ends when its sender’s patience does', async () => {
    const colony = await startColony();
    const session = openSession(colony.url);
    const stream = session.request({
      ':method': 'POST',
      ':path': exportPath,
      'content-type': 'application/grpc',
      'grpc-timeout': '50m',
      ...colony.auth,
    });
    const head = await new Promise<Record<string, unknown>>((resolve) => {
      stream.on('response', resolve);
      // Half a message, and no more of it ever.
      stream.write(frame(gaugeBytes(Date.now())).subarray(0, 10));
    });
    expect(Number(head['grpc-status'])).toBe(Code.DeadlineExceeded);
    stream.close();
  });
});

describe('the same request over HTTP and gRPC', () => {
  it('gives the same answer', async () => {
    const colony = await startColony();
    const message = gaugeBytes(Date.now() - 30 * 86_400_000);
    const grpc = await call(openSession(colony.url), frame(message), colony.auth);
    const http = await fetch(`${colony.url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', ...colony.auth },
      body: message as never,
    });
    expect(Buffer.from(await http.arrayBuffer())).toEqual(grpc.body.subarray(5));
  });
});
