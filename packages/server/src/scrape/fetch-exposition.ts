import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { expositionAccept, expositionFormatOf } from '@coral/telemetry';
import type { ExpositionFormat } from '@coral/telemetry';

/** Connections that stay open between scrapes. {@link TargetConnections.close} ends them. */
export interface TargetConnections {
  readonly http: http.Agent;
  readonly https: https.Agent;
  close(): void;
}

/** Makes connections for any number of targets. */
export function openTargetConnections(): TargetConnections {
  const agents = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true }),
  };
  return {
    ...agents,
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** What {@link fetchExposition} needs. */
export interface FetchExpositionOptions {
  readonly url: string;
  readonly connections: TargetConnections;
  /** Ends the request. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Largest answer, as sent and decompressed, bytes. */
  readonly maxBytes: number;
  readonly userAgent: string;
  readonly authorization?: string | undefined;
}

/** What a target served. */
export interface Exposition {
  readonly body: Uint8Array;
  readonly format: ExpositionFormat;
}

/**
 * Fetches what one target serves, over a connection that is kept.
 *
 * Redirects are not followed: the colony asks the addresses that it was told, and no others.
 *
 * @throws {Error} with a message for people: no connection, no answer in time, another status than
 *   200, too many bytes, a coding that was not asked for
 */
export async function fetchExposition(options: FetchExpositionOptions): Promise<Exposition> {
  // AbortSignal.any would leave something on the long-lived signal with every scrape.
  const ending = new AbortController();
  const end = (): void => ending.abort();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, options.timeoutMs);
  options.signal.addEventListener('abort', end, { once: true });
  if (options.signal.aborted) end();
  try {
    const response = await requestOnce(options, ending.signal).catch((reason: unknown) => {
      // A kept connection may have been closed just as it was used: a new one says more.
      if (isStaleConnection(reason)) return requestOnce(options, ending.signal);
      throw reason;
    });
    checkStatus(response);
    const body = await readAll(decoded(response), response, options.maxBytes);
    return { body, format: expositionFormatOf(response.headers['content-type']) };
  } catch (reason) {
    const problem = isLate ? `no answer within ${options.timeoutMs / 1_000} s` : messageOf(reason);
    throw new Error(problem, { cause: reason });
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', end);
  }
}

interface RequestError extends Error {
  code?: string;
  reusedSocket?: boolean;
}

function requestOnce(
  { url, connections, timeoutMs, userAgent, authorization }: FetchExpositionOptions,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const isSecure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const request = (isSecure ? https : http).get(
      url,
      {
        agent: isSecure ? connections.https : connections.http,
        signal,
        headers: {
          accept: expositionAccept,
          'accept-encoding': 'gzip',
          'user-agent': userAgent,
          'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1_000),
          ...(authorization === undefined ? {} : { authorization }),
        },
      },
      resolve,
    );
    request.on('error', (reason: RequestError) => {
      reason.reusedSocket = request.reusedSocket;
      reject(reason);
    });
  });
}

function isStaleConnection(reason: unknown): boolean {
  const { code, reusedSocket } = reason as RequestError;
  return reusedSocket === true && (code === 'ECONNRESET' || code === 'EPIPE');
}

function checkStatus(response: http.IncomingMessage): void {
  const { statusCode = 0 } = response;
  if (statusCode === 200) return;
  response.destroy();
  const why = statusCode >= 300 && statusCode < 400 ? ', and redirects are not followed' : '';
  throw new Error(`the target answered ${statusCode}${why}`);
}

function decoded(response: http.IncomingMessage): Readable {
  const coding = (response.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (coding === 'identity') return response;
  if (coding !== 'gzip' && coding !== 'x-gzip') {
    response.destroy();
    throw new Error(`the target answered in ${coding}, which it was not asked for`);
  }
  // The failure of either shows where the result is read.
  return pipeline(response, createGunzip(), () => undefined);
}

async function readAll(
  body: Readable,
  response: http.IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      response.destroy();
      throw new Error(`the target answered with more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}

/** Of a name with several addresses Node tells what became of each, and nothing in sum. */
function messageOf(reason: unknown): string {
  const { message, errors, code } = reason as RequestError & { errors?: readonly Error[] };
  const first = errors?.[0]?.message;
  return message || first || code || String(reason);
}
