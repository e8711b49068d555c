import { request as http1Request, Agent } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { eventually } from '@coral/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { HttpRequest, HttpResponse } from './exchange.js';
import { http2Preface } from './http2-preface.js';
import { openPort } from './port-listener.js';
import type { OpenPort, PortOptions } from './port-listener.js';

const opened: OpenPort[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((port) => port.close(0)));
});

async function usePort(options: Partial<PortOptions> = {}): Promise<OpenPort> {
  const port = await openPort({ host: '127.0.0.1', port: 0, handler: echo, ...options });
  opened.push(port);
  return port;
}

function echo(request: HttpRequest, response: HttpResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.end(`${request.httpVersion} ${request.method} ${Buffer.concat(chunks).toString()}`);
  });
}

function askHttp1(port: OpenPort, body: string, agent = new Agent()): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http1Request({ ...port.address, method: 'POST', agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.on('end', () => resolve(text));
    });
    request.on('error', reject).end(body);
  });
}

async function askHttp2(port: OpenPort, body: string): Promise<string> {
  const session = connectHttp2(`http://127.0.0.1:${port.address.port}`);
  try {
    return await new Promise<string>((resolve, reject) => {
      const stream = session.request({ ':method': 'POST', ':path': '/' });
      let text = '';
      stream.setEncoding('utf8').on('data', (part) => (text += part));
      stream.on('end', () => resolve(text)).on('error', reject);
      stream.end(body);
    });
  } finally {
    session.close();
  }
}

/** Sends raw bytes, in the given pieces, and resolves with what came back when the port hangs up. */
function exchangeRaw(port: OpenPort, pieces: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port.address.port, port.address.host);
    let text = '';
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (part) => (text += part));
    socket.on('close', () => resolve(text)).on('error', reject);
    const send = (rest: readonly (string | Buffer)[]): void => {
      const [piece, ...more] = rest;
      if (piece !== undefined) socket.write(piece, () => setImmediate(send, more));
    };
    socket.once('connect', () => send(pieces));
  });
}

describe('openPort', () => {
  it('serves HTTP/1.1 and HTTP/2 on one port', async () => {
    const port = await usePort();
    expect(await askHttp1(port, 'hello')).toBe('1.1 POST hello');
    expect(await askHttp2(port, 'hello')).toBe('2.0 POST hello');
  });

  it('loses nothing of a large body that comes with the first bytes', async () => {
    const port = await usePort();
    const body = 'x'.repeat(3_000_000);
    expect(await askHttp1(port, body)).toHaveLength(body.length + '1.1 POST '.length);
    expect(await askHttp2(port, body)).toHaveLength(body.length + '2.0 POST '.length);
  });

  it('serves many requests of a connection that is kept', async () => {
    const port = await usePort();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let index = 0; index < 5; index++) {
      expect(await askHttp1(port, String(index), agent)).toBe(`1.1 POST ${index}`);
    }
    expect(port.connections()).toEqual({ http1: 1, http2: 0, undecided: 0 });
    agent.destroy();
  });

  it('knows the protocol when the first bytes come one at a time', async () => {
    const port = await usePort();
    const request = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expect(await exchangeRaw(port, [...request])).toContain('1.1 GET');
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    const goAway = Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const bytes = [...http2Preface].map((byte) => Buffer.from([byte]));
    const answer = await exchangeRaw(port, [...bytes, settings, goAway]);
    // The server's own SETTINGS frame: type 4 on stream 0.
    expect(answer.charCodeAt(3)).toBe(4);
  });

  it('answers what is neither with 400 and hangs up', async () => {
    const port = await usePort();
    expect(await exchangeRaw(port, [Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3])])).toMatch(
      /^HTTP\/1.1 400/,
    );
    expect(await askHttp1(port, 'still here')).toContain('still here');
  });

  it('hangs up on a connection that says nothing, and on one that stops within the preface', async () => {
    const port = await usePort({ firstByteTimeoutMs: 50 });
    expect(await exchangeRaw(port, [])).toBe('');
    expect(await exchangeRaw(port, ['PRI * HT'])).toBe('');
    await eventually(() => port.connections().undecided === 0);
  });

  it('says SERVER_ADDRESS_IN_USE for a taken port and SERVER_ADDRESS_UNAVAILABLE for a foreign host', async () => {
    const port = await usePort();
    await expect(usePort({ port: port.address.port })).rejects.toMatchObject({
      code: 'SERVER_ADDRESS_IN_USE',
      details: { port: port.address.port, errno: 'EADDRINUSE' },
    });
    await expect(usePort({ host: '203.0.113.7' })).rejects.toMatchObject({
      code: 'SERVER_ADDRESS_UNAVAILABLE',
    });
  });
});

describe('closing a port', () => {
  /** A handler that answers only when told to. */
  function heldHandler() {
    const held: HttpResponse[] = [];
    let arrived: () => void = () => undefined;
    return {
      handler: (_request: HttpRequest, response: HttpResponse): void => {
        held.push(response);
        arrived();
      },
      arrival: () => new Promise<void>((resolve) => (arrived = resolve)),
      answerAll: () => held.forEach((response) => response.end('late')),
    };
  }

  it.each([
    ['HTTP/1.1', askHttp1],
    ['HTTP/2', askHttp2],
  ])('lets a request in flight finish over %s', async (_name, ask) => {
    const { handler, arrival, answerAll } = heldHandler();
    const port = await usePort({ handler });
    const arrived = arrival();
    const answer = ask(port, '');
    await arrived;
    const closed = port.close(10_000);
    answerAll();
    expect(await answer).toBe('late');
    await closed;
  });

  it('ends connections that are kept but idle, also when they become so while closing', async () => {
    const { handler, arrival, answerAll } = heldHandler();
    const port = await usePort({ handler });
    const agent = new Agent({ keepAlive: true });
    const arrived = arrival();
    const answer = askHttp1(port, '', agent);
    await arrived;
    const closed = port.close(10_000);
    answerAll();
    await answer;
    await closed;
    agent.destroy();
  });

  it.each([
    ['HTTP/1.1', askHttp1],
    ['HTTP/2', askHttp2],
  ])('cuts a request over %s that takes longer than the grace', async (_name, ask) => {
    const { handler, arrival } = heldHandler();
    const port = await usePort({ handler });
    const arrived = arrival();
    const answer = ask(port, '').then(
      (text) => `answered ${text}`,
      () => 'cut',
    );
    await arrived;
    await port.close(20);
    expect(await answer).not.toBe('answered late');
  });

  it('refuses new connections and may be asked twice', async () => {
    const port = await usePort();
    await Promise.all([port.close(0), port.close(0)]);
    await expect(askHttp1(port, '')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
