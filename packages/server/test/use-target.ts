import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestEnd } from '@coral/testkit';
import type { ScrapeTarget } from '../src/index.js';

/** A real HTTP server that serves what a test tells it to. */
export interface TestTarget {
  readonly target: ScrapeTarget;
  /** Requests so far. */
  readonly requests: IncomingMessage[];
  /** Connections that were opened so far. */
  readonly connections: () => number;
  /** What is served from now on. */
  serve(answer: Answer): void;
  /** Takes the port away, as a program that stops does. */
  stop(): Promise<void>;
  /** Opens it again. */
  start(): Promise<void>;
}

export type Answer = string | ((request: IncomingMessage, response: ServerResponse) => void);

/** Starts one on a free port; it is closed when the test ends. */
export async function startTarget(
  first: Answer,
  changes: Partial<ScrapeTarget> = {},
): Promise<TestTarget> {
  let answer = first;
  let port = 0;
  let server: Server;
  let opened = 0;
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const start = async (): Promise<void> => {
    server = createServer((request, response) => {
      requests.push(request);
      if (typeof answer === 'function') answer(request, response);
      else {
        response.setHeader('content-type', 'text/plain; version=0.0.4');
        response.end(answer);
      }
    });
    server.on('connection', (socket) => {
      opened += 1;
      sockets.add(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  };
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  await start();
  onTestEnd(stop);
  return {
    target: {
      job: 'shop',
      instance: `127.0.0.1:${port}`,
      url: `http://127.0.0.1:${port}/metrics`,
      intervalMs: 50,
      timeoutMs: 5_000,
      labels: {},
      ...changes,
    },
    requests,
    connections: () => opened,
    serve: (next) => (answer = next),
    stop,
    start,
  };
}
