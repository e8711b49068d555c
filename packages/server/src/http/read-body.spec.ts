import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { onTestEnd } from '@coral/testkit';
import { describe, expect, it } from '@jest/globals';
import { ByteBudget } from './byte-budget.js';
import { discardBody, readBody } from './read-body.js';

interface Sent {
  readonly body?: Buffer;
  readonly headers?: Record<string, string>;
  /** Sends the body and then nothing, without ending it. */
  readonly hang?: boolean;
  /** Cuts the connection after the body. */
  readonly cut?: boolean;
}

/** Sends one request to a server that reads its body, and gives what reading came to. */
async function read(sent: Sent, limits = { maxBytes: 1_000, timeoutMs: 5_000 }, budgetBytes = 1e9) {
  const budget = new ByteBudget(budgetBytes);
  let settle: (outcome: Buffer | Error) => void = () => undefined;
  const outcome = new Promise<Buffer | Error>((resolve) => (settle = resolve));
  const server = createServer((request, response) => {
    const account = budget.open();
    readBody(request, { ...limits, account })
      .then(settle, (reason: Error) => {
        settle(reason);
        discardBody(request, response, 100_000_000);
      })
      .finally(() => {
        account.release();
        response.end('answered');
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestEnd(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  const { port } = server.address() as AddressInfo;
  const request = httpRequest({
    port,
    host: '127.0.0.1',
    method: 'POST',
    headers: sent.headers ?? {},
  });
  const answer = new Promise<string>((resolve) => {
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.on('end', () => resolve(text)).on('error', () => resolve('cut'));
    });
    request.on('error', () => resolve('cut'));
  });
  if (sent.hang) request.write(sent.body ?? '');
  else if (sent.cut) request.write(sent.body ?? '', () => request.destroy());
  else request.end(sent.body ?? Buffer.alloc(0));
  const result = await outcome;
  return { result, answer: sent.cut ? 'cut' : await answer, usedBytes: budget.usedBytes };
}

const text = Buffer.from('hello '.repeat(100));
const gzip = { 'content-encoding': 'gzip' };

describe('readBody', () => {
  it.each([
    ['plain', text, {}],
    ['identity', text, { 'content-encoding': 'identity' }],
    ['gzip', gzipSync(text), gzip],
    ['x-gzip', gzipSync(text), { 'content-encoding': 'X-GZIP' }],
    ['deflate', deflateSync(text), { 'content-encoding': 'deflate' }],
    ['gzip in two members', Buffer.concat([gzipSync('hello '), gzipSync(text.subarray(6))]), gzip],
  ])('reads a body that is sent %s', async (_name, body, headers) => {
    expect((await read({ body, headers })).result).toEqual(text);
  });

  it('reads an empty body', async () => {
    expect((await read({})).result).toEqual(Buffer.alloc(0));
  });

  it('takes exactly the limit, and refuses one byte more before and after decompressing', async () => {
    const limit = Buffer.alloc(1_000);
    const over = Buffer.alloc(1_001);
    expect((await read({ body: limit })).result).toHaveLength(1_000);
    expect((await read({ body: gzipSync(limit), headers: gzip })).result).toHaveLength(1_000);
    const sent = await read({ body: over });
    expect(sent.result).toMatchObject({
      code: 'SERVER_BODY_TOO_LARGE',
      details: { measured: 'sent' },
    });
    const unpacked = await read({ body: gzipSync(over), headers: gzip });
    expect(unpacked.result).toMatchObject({
      code: 'SERVER_BODY_TOO_LARGE',
      details: { measured: 'decompressed' },
    });
  });

  it('refuses what is too large without a declared length, and the sender still gets its answer', async () => {
    const chunked = { 'transfer-encoding': 'chunked' };
    const { result, answer } = await read({ body: Buffer.alloc(5_000_000), headers: chunked });
    expect(result).toMatchObject({ code: 'SERVER_BODY_TOO_LARGE' });
    expect(answer).toBe('answered');
  });

  it('stops inflating a bomb at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    expect(bomb.length).toBeLessThan(250_000);
    const limits = { maxBytes: 1_000_000, timeoutMs: 5_000 };
    const { result } = await read({ body: bomb, headers: gzip }, limits);
    expect(result).toMatchObject({ code: 'SERVER_BODY_TOO_LARGE' });
  });

  it.each([
    ['not gzip at all', text],
    ['cut gzip', gzipSync(text).subarray(0, 20)],
    [
      'gzip with a wrong checksum',
      Buffer.concat([gzipSync(text).subarray(0, -8), Buffer.alloc(8)]),
    ],
  ])('refuses %s', async (_name, body) => {
    const { result } = await read({ body, headers: gzip });
    expect(result).toMatchObject({ code: 'SERVER_BODY_MALFORMED' });
  });

  it.each(['br', 'snappy', 'gzip, gzip', 'chunked'])(
    'refuses the encoding %s',
    async (encoding) => {
      const { result } = await read({ body: text, headers: { 'content-encoding': encoding } });
      expect(result).toMatchObject({ code: 'SERVER_ENCODING_UNSUPPORTED' });
    },
  );

  it('gives up on a body that does not arrive, and on a sender that goes away', async () => {
    const slow = await read({ body: text, hang: true }, { maxBytes: 1_000, timeoutMs: 50 });
    expect(slow.result).toMatchObject({ code: 'SERVER_BODY_TIMEOUT' });
    const gone = await read({ body: text, cut: true });
    expect(gone.result).toMatchObject({ code: 'SERVER_BODY_ABORTED' });
  });

  it('is overloaded when the budget of all requests is used up, and gives back what it took', async () => {
    const sent = await read({ body: text }, undefined, 599);
    expect(sent.result).toMatchObject({ code: 'SERVER_OVERLOADED' });
    const inflated = await read({ body: gzipSync(text), headers: gzip }, undefined, 400);
    expect(inflated.result).toMatchObject({ code: 'SERVER_OVERLOADED' });
    expect(sent.usedBytes + inflated.usedBytes).toBe(0);
  });

  it('takes no memory for what is merely declared', async () => {
    const { result } = await read(
      {
        body: Buffer.from('few'),
        headers: { 'content-length': String(2 ** 50) },
        cut: true,
      },
      { maxBytes: 2 ** 52, timeoutMs: 5_000 },
    );
    expect(result).toMatchObject({ code: 'SERVER_BODY_ABORTED' });
  });
});
