import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Server as Http1Server } from 'node:http';
import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { listenError } from './listen-error.js';
import { protocolOf } from './http2-preface.js';
import { asHttpExchange } from './exchange.js';
import type { RequestHandler } from './exchange.js';

/** A sender that holds its connection longer than this between requests is asked to reconnect. */
const idleMs = 75_000;

/** How {@link openPort} listens. */
export interface PortOptions {
  /** Name or address to listen on. */
  readonly host: string;
  /** Port number; 0 lets the system choose a free one. */
  readonly port: number;
  /** Serves every request of either protocol. */
  readonly handler: RequestHandler;
  /** How long a new connection may take to show which protocol it speaks, ms. Default 10,000. */
  readonly firstByteTimeoutMs?: number;
  /** How many connections may be open at once; further ones are closed at once. Default 1,024. */
  readonly maxConnections?: number;
}

/** One open port. */
export interface OpenPort {
  /** Where it listens; the port is the real one. */
  readonly address: { readonly host: string; readonly port: number };
  /** Connections open now, by protocol; `undecided` have not sent enough to tell. */
  connections(): { readonly http1: number; readonly http2: number; readonly undecided: number };
  /**
   * Stops accepting, lets requests in flight finish, closes each connection as soon as it is idle,
   * and cuts what is left after `graceMs`. Idempotent.
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Listens on one cleartext port for HTTP/1.1 and HTTP/2 with prior knowledge (h2c) alike.
 *
 * Node's own servers speak one protocol each. The HTTP/1 server owns the port; before it sees a
 * connection, the first bytes are compared with HTTP/2's preface, given back, and the connection is
 * handed to the server that speaks its protocol.
 *
 * @throws {ServerError} `SERVER_ADDRESS_IN_USE`, `SERVER_ADDRESS_UNAVAILABLE`
 */
export async function openPort(options: PortOptions): Promise<OpenPort> {
  const http1 = createHttp1(options);
  const http2 = createHttp2(options);
  const sessions = trackSessions(http2);
  const undecided = new Set<Socket>();
  const http1Sockets = new Set<Socket>();

  const serveHttp1 = http1.listeners('connection') as ((socket: Socket) => void)[];
  http1.removeAllListeners('connection');
  http1.on('connection', (socket: Socket) => {
    undecided.add(socket);
    detectProtocol(socket, options.firstByteTimeoutMs ?? 10_000, (protocol) => {
      undecided.delete(socket);
      if (protocol === 'http2') {
        http2.emit('connection', socket);
      } else if (protocol === 'http1') {
        http1Sockets.add(socket);
        socket.once('close', () => http1Sockets.delete(socket));
        for (const serve of serveHttp1) serve.call(http1, socket);
      }
    });
  });

  await listen(http1, options);
  const { address, port } = http1.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    address: { host: address, port },
    connections: () => ({
      http1: http1Sockets.size,
      http2: sessions.size,
      undecided: undecided.size,
    }),
    close: (graceMs) => (closed ??= closeGracefully(http1, sessions, undecided, graceMs)),
  };
}

function createHttp1({ handler, maxConnections }: PortOptions): Http1Server {
  const server = createHttp1Server(
    {
      keepAliveTimeout: idleMs,
      headersTimeout: 15_000,
      requestTimeout: 60_000,
      connectionsCheckingInterval: 5_000,
    },
    handler,
  );
  server.maxConnections = maxConnections ?? 1_024;
  return server;
}

function createHttp2({ handler }: PortOptions): Http2Server {
  return createHttp2Server(
    { settings: { maxConcurrentStreams: 128, enablePush: false } },
    (request, response) => handler(...asHttpExchange(request, response)),
  );
}

/** Keeps the open sessions, and lets go of those that have been idle for long. */
function trackSessions(http2: Http2Server): Set<ServerHttp2Session> {
  const sessions = new Set<ServerHttp2Session>();
  http2.on('session', (session) => {
    sessions.add(session);
    let streams = 0;
    session.once('close', () => sessions.delete(session));
    session.on('stream', (stream) => {
      streams += 1;
      stream.once('close', () => (streams -= 1));
    });
    // A stream that only listens, such as a health watch, keeps its session.
    session.setTimeout(idleMs, () => {
      if (streams === 0) session.close();
    });
  });
  return sessions;
}

/** Reads until the protocol is clear, gives the bytes back, and reports; `closed` when it never is. */
function detectProtocol(
  socket: Socket,
  timeoutMs: number,
  decided: (protocol: 'http1' | 'http2' | 'closed') => void,
): void {
  let seen: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  const finish = (protocol: 'http1' | 'http2' | 'closed'): void => {
    clearTimeout(timer);
    socket
      .off('readable', onReadable)
      .off('end', onEnd)
      .off('error', onError)
      .off('close', onClose);
    if (seen.length > 0 && protocol !== 'closed') socket.unshift(seen);
    decided(protocol);
  };
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const protocol = protocolOf(seen);
    if (protocol !== 'undecided') finish(protocol);
  };
  const onEnd = (): void => void socket.destroy();
  const onError = (): void => void socket.destroy();
  const onClose = (): void => finish('closed');
  socket.on('readable', onReadable).on('end', onEnd).on('error', onError).on('close', onClose);
}

async function listen(server: Http1Server, { host, port }: PortOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onError = (reason: Error): void => reject(listenError(reason, host, port));
    server.once('error', onError);
    server.listen({ host, port }, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

async function closeGracefully(
  http1: Http1Server,
  sessions: ReadonlySet<ServerHttp2Session>,
  undecided: ReadonlySet<Socket>,
  graceMs: number,
): Promise<void> {
  const allClosed = new Promise<void>((resolve) => http1.close(() => resolve()));
  for (const socket of undecided) socket.destroy();
  for (const session of sessions) session.close();
  // Node closes the connections that are idle now; those that become idle later are ours to close.
  const sweep = setInterval(() => http1.closeIdleConnections(), 25);
  const cut = setTimeout(() => {
    http1.closeAllConnections();
    for (const session of sessions) session.destroy();
  }, graceMs);
  await allClosed;
  clearInterval(sweep);
  clearTimeout(cut);
}
