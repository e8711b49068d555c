import { Agent, request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { Zstd } from '@hpcc-js/wasm-zstd';
import { fromBinary } from '@bufbuild/protobuf';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { onTestEnd } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { BadRequestSchema } from '../src/index.js';
import { StatusSchema } from '../src/rpc/gen/google/rpc/status_pb.js';
import { gaugeBytes } from './gauge-bytes.js';
import { overload } from './overload.js';
import { startColony } from './use-colony.js';
import type { TestColony } from './use-colony.js';

const zstd = await Zstd.load();

/** A request with one gauge point of a service, as senders write it in JSON. */
function gauge(timeMs: number, service = 'cart', value = 1): object {
  const dataPoints = [{ timeUnixNano: `${timeMs}000000`, asDouble: value }];
  return {
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeMetrics: [{ metrics: [{ name: 'queue.depth', gauge: { dataPoints } }] }],
      },
    ],
  };
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly token?: string | false;
}

function send(colony: TestColony, sent: Sent = {}): Promise<Response> {
  const { method = 'POST', path = '/v1/metrics', token = colony.token } = sent;
  return fetch(colony.url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === false ? {} : { authorization: `Bearer ${token}` }),
      ...sent.headers,
    },
    ...(method === 'GET' ? {} : { body: sent.body ?? JSON.stringify(gauge(Date.now())) }),
  });
}

/** What must hold after every refused request: the colony serves, and holds only what it held. */
async function expectUnharmed(colony: TestColony, services: string[] = []): Promise<void> {
  const listed = await colony.database.listServices();
  expect(listed.map(({ id }) => id)).toEqual(services);
  expect((await send(colony, { body: JSON.stringify(gauge(Date.now(), 'after')) })).status).toBe(
    200,
  );
  const [[points]] = (await colony.sql('SELECT count(*) FROM points')) as [[number]];
  expect(points).toBe(1);
}

describe('POST /v1/metrics', () => {
  it('answers full success with an empty response in the request’s encoding', async () => {
    const colony = await startColony();
    const json = await send(colony);
    expect(json.status).toBe(200);
    expect(json.headers.get('content-type')).toBe('application/json');
    expect(await json.json()).toEqual({});
    const protobuf = {
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.alloc(0),
    };
    const empty = await send(colony, protobuf);
    expect(empty.status).toBe(200);
    expect(empty.headers.get('content-type')).toBe('application/x-protobuf');
    expect((await empty.arrayBuffer()).byteLength).toBe(0);
  });

  it('takes an empty request as a success', async () => {
    const colony = await startColony();
    expect(await (await send(colony, { body: '{}' })).json()).toEqual({});
  });

  it('is durable when it answers', async () => {
    const colony = await startColony();
    await send(colony);
    expect(await colony.sql('SELECT count(*) FROM points')).toEqual([[1]]);
    expect(colony.server.stats().ingest).toMatchObject({ requests: 1, pointsAccepted: 1 });
  });

  it('stores what it can and says what it could not', async () => {
    const colony = await startColony();
    const good = gauge(Date.now()) as { resourceMetrics: unknown[] };
    const old = gauge(Date.now() - 30 * 86_400_000) as { resourceMetrics: unknown[] };
    const body = JSON.stringify({
      resourceMetrics: [...good.resourceMetrics, ...old.resourceMetrics],
    });
    const answer = await send(colony, { body });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      partialSuccess: { rejectedDataPoints: '1', errorMessage: expect.stringMatching(/older/) },
    });
    expect(await colony.sql('SELECT count(*) FROM points')).toEqual([[1]]);
  });

  it.each(['protobuf', 'json'])('takes %s compressed with zstd', async (encoding) => {
    const colony = await startColony();
    const body =
      encoding === 'json'
        ? Buffer.from(JSON.stringify(gauge(Date.now())))
        : Buffer.from(gaugeBytes(Date.now()));
    const answer = await send(colony, {
      headers: {
        'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf',
        'content-encoding': 'zstd',
      },
      body: Buffer.from(zstd.compress(body)),
    });
    expect(answer.status).toBe(200);
    expect(await colony.sql('SELECT count(*) FROM points')).toEqual([[1]]);
  });

  it('takes HTTP/2 as well', async () => {
    const colony = await startColony();
    const session = connectHttp2(colony.url);
    const status = await new Promise((resolve, reject) => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/v1/metrics',
        'content-type': 'application/json',
        ...colony.auth,
      });
      stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject);
      stream.resume().end(JSON.stringify(gauge(Date.now())));
    });
    session.close();
    expect(status).toBe(200);
  });
});

describe('a body that cannot be used', () => {
  it.each([
    ['JSON that is cut', { body: '{"resourceMetrics":[' }, 400],
    ['JSON of another form', { body: '[]' }, 400],
    ['JSON that is not UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }, 400],
    [
      'protobuf that is cut',
      { headers: { 'content-type': 'application/x-protobuf' }, body: Buffer.from([0x0a, 0x7f, 1]) },
      400,
    ],
    ['protobuf called JSON', { body: Buffer.from([0x0a, 0x02, 0x0a, 0x00]) }, 400],
    ['gzip that is none', { headers: { 'content-encoding': 'gzip' } }, 400],
    [
      'gzip that is cut',
      {
        headers: { 'content-encoding': 'gzip' },
        body: gzipSync(JSON.stringify(gauge(0))).subarray(0, 30),
      },
      400,
    ],
    ['zstd that is none', { headers: { 'content-encoding': 'zstd' } }, 400],
    [
      'a zstd bomb of 50 MB',
      {
        headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'zstd' },
        body: Buffer.from(zstd.compress(Buffer.alloc(50_000_000))),
      },
      413,
    ],
    ['an encoding nobody knows', { headers: { 'content-encoding': 'br' } }, 415],
    ['a content type nobody knows', { headers: { 'content-type': 'text/plain' } }, 415],
    ['another charset', { headers: { 'content-type': 'application/json; charset=utf-16' } }, 415],
    [
      '21 MiB',
      {
        headers: { 'content-type': 'application/x-protobuf' },
        body: Buffer.alloc(21 * 1024 * 1024),
      },
      413,
    ],
    [
      'a bomb of 50 MB',
      {
        headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
        body: gzipSync(Buffer.alloc(50_000_000)),
      },
      413,
    ],
  ] as [string, Sent, number][])('%s is refused and harms nothing', async (_name, sent, status) => {
    const colony = await startColony();
    const answer = await send(colony, sent);
    expect(answer.status).toBe(status);
    if (answer.headers.get('content-type') === 'application/json') {
      expect(await answer.json()).toMatchObject({ message: expect.any(String) });
    } else {
      const bytes = new Uint8Array(await answer.arrayBuffer());
      expect(fromBinary(StatusSchema, bytes).message).not.toBe('');
    }
    await expectUnharmed(colony);
  });

  it('is answered with google.rpc.Status, with a BadRequest, in the request’s encoding', async () => {
    const colony = await startColony();
    const json = await send(colony, { body: '{' });
    expect(await json.json()).toMatchObject({
      code: 3,
      message: expect.stringMatching(/JSON/),
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'TELEMETRY_MALFORMED',
          domain: 'coral',
        },
        { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{}] },
      ],
    });
    const protobuf = await send(colony, {
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.from([0x0a, 0x7f]),
    });
    expect(protobuf.headers.get('content-type')).toBe('application/x-protobuf');
    const status = fromBinary(StatusSchema, new Uint8Array(await protobuf.arrayBuffer()));
    expect(status).toMatchObject({ code: 3, message: expect.any(String) });
    expect(anyUnpack(status.details[1]!, BadRequestSchema)?.fieldViolations).toHaveLength(1);
  });

  it('says what it would take', async () => {
    const colony = await startColony();
    const type = await send(colony, { headers: { 'content-type': 'text/plain' } });
    expect(type.headers.get('accept-post')).toBe('application/x-protobuf, application/json');
    const encoding = await send(colony, { headers: { 'content-encoding': 'br' } });
    expect(encoding.headers.get('accept-encoding')).toBe('gzip, deflate, zstd, identity');
  });

  it('is refused over HTTP/2 before it has all been sent, and the session goes on', async () => {
    const colony = await startColony();
    const session = connectHttp2(colony.url);
    onTestEnd(() => session.destroy());
    const ask = (body: Buffer) =>
      new Promise((resolve, reject) => {
        const stream = session.request({
          ':method': 'POST',
          ':path': '/v1/metrics',
          'content-type': 'application/x-protobuf',
          ...colony.auth,
        });
        stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject);
        stream.resume().end(body);
      });
    expect(await ask(Buffer.alloc(25 * 1024 * 1024))).toBe(413);
    expect(await ask(Buffer.alloc(0))).toBe(200);
  });

  it('leaves its sender the connection', async () => {
    const colony = await startColony();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const reused: boolean[] = [];
    for (let index = 0; index < 3; index++) {
      await new Promise((resolve, reject) => {
        const request = httpRequest(`${colony.url}/v1/metrics`, {
          method: 'POST',
          agent,
          headers: { 'content-type': 'application/json', ...colony.auth },
        });
        request.on('response', (response) => response.resume().on('end', resolve));
        request.on('error', reject).on('close', () => reused.push(request.reusedSocket));
        request.end('{');
      });
    }
    agent.destroy();
    expect(reused).toEqual([false, true, true]);
  });

  it('never arrives, and the colony goes on', async () => {
    const colony = await startColony();
    const request = httpRequest(`${colony.url}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '1000', ...colony.auth },
    });
    request.on('error', () => undefined);
    await new Promise((resolve) => request.write('{"resourceMetrics', resolve));
    request.destroy();
    await expectUnharmed(colony);
  });
});

describe('the wrong door', () => {
  it.each([
    ['GET', '/v1/metrics', 405, 'POST'],
    ['PUT', '/v1/metrics', 405, 'POST'],
    ['DELETE', '/healthz', 405, 'GET, HEAD'],
    ['OPTIONS', '/api/v1/sql', 405, 'POST'],
    ['POST', '/api/v1/status', 405, 'GET, HEAD'],
  ])('%s %s is %i and names the methods', async (method, path, status, allow) => {
    const colony = await startColony();
    const answer = await send(colony, { method, path });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('allow')).toBe(allow);
    await expectUnharmed(colony);
  });

  it.each(['/v1/other', '/', '/v1/metrics/', '/..%2fv1/metrics', '/favicon.ico'])(
    '%s is 404',
    async (path) => {
      const colony = await startColony();
      expect((await send(colony, { path })).status).toBe(404);
      await expectUnharmed(colony);
    },
  );

  it('names the routes there are', async () => {
    const colony = await startColony();
    const answer = await send(colony, { method: 'GET', path: '/api' });
    expect(await answer.json()).toEqual({
      code: 'SERVER_ROUTE_UNKNOWN',
      message: 'There is nothing at /api.',
      details: { routes: expect.arrayContaining(['POST /v1/metrics', 'POST /api/v1/sql']) },
    });
  });
});

describe('who may send telemetry', () => {
  it('needs the token, and says how to show it', async () => {
    const colony = await startColony();
    const absent = await send(colony, { token: false });
    expect(absent.status).toBe(401);
    expect(absent.headers.get('www-authenticate')).toBe('Bearer realm="coral"');
    expect(await absent.json()).toMatchObject({ code: 16 });
    const wrong = await send(colony, { token: 'x'.repeat(colony.token.length) });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('www-authenticate')).toBe(
      'Bearer realm="coral", error="invalid_token"',
    );
    await expectUnharmed(colony);
  });

  it('needs none from loopback when the colony is told so, and only for telemetry', async () => {
    const colony = await startColony({ loopbackWithoutToken: true });
    expect((await send(colony, { token: false })).status).toBe(200);
    expect((await send(colony, { token: 'wrong' })).status).toBe(401);
    const proxied = await send(colony, {
      token: false,
      headers: { 'x-forwarded-for': '203.0.113.7' },
    });
    expect(proxied.status).toBe(401);
    for (const path of [
      '/api/v1/sql',
      '/api/v1/stop',
      '/coral.colony.v1.ColonyService/ListServices',
    ]) {
      expect((await send(colony, { token: false, path, body: '{}' })).status).toBe(401);
    }
    expect(
      (await send(colony, { token: false, method: 'GET', path: '/api/v1/status' })).status,
    ).toBe(401);
  });

  it.each([
    ['a page of another site', { origin: 'http://evil.example' }],
    ['a page on another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a cross-site request without Origin', { 'sec-fetch-site': 'cross-site' }],
  ])('is not %s, even where no token is needed', async (_name, headers) => {
    const colony = await startColony({ loopbackWithoutToken: true });
    // Node's fetch sets Sec-Fetch headers itself, so the request is made by hand.
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(`${colony.url}/v1/metrics`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      });
      request.on('response', (response) => resolve(response.resume().statusCode));
      request.on('error', reject).end(JSON.stringify(gauge(Date.now())));
    });
    expect(status).toBe(403);
    await expectUnharmed(colony);
  });

  it('is not a name that was pointed at this machine, unless the operator allows it', async () => {
    const ask = (colony: TestColony, host: string) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(`${colony.url}/healthz`, { headers: { host } });
        request.on('response', (response) => resolve(response.resume().statusCode));
        request.on('error', reject).end();
      });
    const colony = await startColony();
    expect(await ask(colony, 'evil.example')).toBe(403);
    expect(await ask(colony, `localhost:${colony.server.address.port}`)).toBe(200);
    const allowing = await startColony({ allowedHosts: ['coral.internal'] });
    expect(await ask(allowing, 'coral.internal:9000')).toBe(200);
    expect(await ask(allowing, 'evil.example')).toBe(403);
  });
});

describe('a store that cannot take more', () => {
  it('makes senders wait with 429 and Retry-After, and takes their data later', async () => {
    const colony = await startColony();
    const { work } = await overload(colony.database);
    const refused = await send(colony);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      details: [{ reason: 'STORAGE_OVERLOADED' }, { retryDelay: '1s' }],
    });
    await work;
    expect((await send(colony)).status).toBe(200);
  });

  it('says 503 with Retry-After when it is closed', async () => {
    const colony = await startColony();
    await colony.database.close();
    const answer = await send(colony);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(await answer.json()).toMatchObject({
      details: [{ reason: 'STORAGE_NOT_OPEN' }, { retryDelay: '5s' }],
    });
  });
});
