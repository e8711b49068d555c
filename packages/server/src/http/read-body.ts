import { createGunzip, createInflate } from 'node:zlib';
import { ServerError } from '../errors.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import type { ByteAccount } from './byte-budget.js';
import { decompressZstd } from './decompress-zstd.js';

/** The content encodings that {@link readBody} undoes. */
export const acceptedEncodings = ['gzip', 'deflate', 'zstd', 'identity'] as const;

/** One of {@link acceptedEncodings}. */
export type ContentEncoding = (typeof acceptedEncodings)[number];

/** What {@link readBody} allows. */
export interface BodyLimits {
  /** Largest body, in bytes; holds both for what is sent and for what it decompresses to. */
  readonly maxBytes: number;
  /** How long the whole body may take to arrive, ms. */
  readonly timeoutMs: number;
  /** Where its memory is accounted. */
  readonly account: ByteAccount;
}

/**
 * Reads a request's whole body and undoes its content encoding.
 *
 * The size is checked while it arrives and again while it decompresses, so neither a wrong length
 * nor a small body that inflates to gigabytes costs more than the limit. The connection stays
 * usable for the answer, also when this throws.
 *
 * @throws {ServerError} `SERVER_ENCODING_UNSUPPORTED`, `SERVER_BODY_TOO_LARGE`,
 *   `SERVER_BODY_MALFORMED` (does not decompress), `SERVER_BODY_TIMEOUT`, `SERVER_BODY_ABORTED`
 *   (the sender went away), `SERVER_OVERLOADED` (the account has no memory left)
 */
export async function readBody(request: HttpRequest, limits: BodyLimits): Promise<Buffer> {
  const encoding = contentEncodingOf(request);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limits.maxBytes) throw tooLarge(limits.maxBytes, 'sent');
  const sent = await receiveBody(request, limits);
  return encoding === 'identity' ? sent : decompressBody(sent, encoding, limits);
}

/**
 * Lets what remains of a refused request's body pass by unread, so that its sender comes to read the
 * answer and the connection can be used again; a sender that goes on for long is cut off.
 */
export function discardBody(request: HttpRequest, response: HttpResponse, maxBytes: number): void {
  if (request.complete || request.readableEnded || request.destroyed) return;
  let passed = 0;
  request.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    if (passed > maxBytes) request.destroy();
  });
  request.on('error', () => response.destroy());
  request.resume();
}

function contentEncodingOf(request: HttpRequest): ContentEncoding {
  const sent = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (sent === 'x-gzip') return 'gzip';
  const encoding = acceptedEncodings.find((name) => name === (sent === '' ? 'identity' : sent));
  if (encoding !== undefined) return encoding;
  throw encodingUnsupported(sent, acceptedEncodings);
}

/** The error for a body in an encoding that its route does not undo. */
export function encodingUnsupported(encoding: string, supported: readonly string[]): ServerError {
  return new ServerError(
    'SERVER_ENCODING_UNSUPPORTED',
    `The content encoding "${encoding.slice(0, 100)}" is not supported. Send ${supported.join(', ')}.`,
    { details: { encoding: encoding.slice(0, 100), supported } },
  );
}

/**
 * Receives a request's whole body as it was sent.
 *
 * @throws {ServerError} what {@link readBody} throws while it arrives
 */
export function receiveBody(
  request: HttpRequest,
  { maxBytes, timeoutMs, account }: BodyLimits,
): Promise<Buffer> {
  return new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      fail(
        new ServerError(
          'SERVER_BODY_TIMEOUT',
          `The request's body did not arrive within ${timeoutMs} ms.`,
          { details: { timeoutMs } },
        ),
      );
    }, timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    };
    const fail = (reason: ServerError): void => {
      stop();
      reject(reason);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) fail(tooLarge(maxBytes, 'sent'));
      else if (!account.take(chunk.length)) fail(overloaded());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      stop();
      resolve(chunks.length === 1 ? chunks[0]! : joined(chunks, account.memory(size), size));
    };
    const onGone = (reason?: Error): void => {
      fail(
        new ServerError(
          'SERVER_BODY_ABORTED',
          'The sender went away before the body was complete.',
          {
            cause: reason,
          },
        ),
      );
    };
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone);
  });
}

/** Into memory for what has arrived: for what is merely declared, anybody could ask for any size. */
function joined(chunks: readonly Buffer[], memory: Buffer, size: number): Buffer {
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(memory, at);
  return memory.subarray(0, size);
}

/**
 * Undoes an encoding, no further than the limit.
 *
 * @throws {ServerError} `SERVER_BODY_TOO_LARGE`, `SERVER_BODY_MALFORMED`, `SERVER_OVERLOADED`
 */
export async function decompressBody(
  sent: Uint8Array,
  encoding: Exclude<ContentEncoding, 'identity'>,
  { maxBytes, account }: Pick<BodyLimits, 'maxBytes' | 'account'>,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of decoded(sent, encoding, maxBytes)) {
      size += part.length;
      if (size > maxBytes) throw tooLarge(maxBytes, 'decompressed');
      if (!account.take(part.length)) throw overloaded();
      parts.push(part);
    }
  } catch (reason) {
    if (reason instanceof ServerError) throw reason;
    throw new ServerError(
      'SERVER_BODY_MALFORMED',
      `The body does not decompress as ${encoding}: ${(reason as Error).message}.`,
      { details: { encoding }, cause: reason },
    );
  }
  return Buffer.concat(parts, size);
}

function decoded(
  sent: Uint8Array,
  encoding: Exclude<ContentEncoding, 'identity'>,
  maxBytes: number,
): AsyncIterable<Uint8Array> {
  if (encoding === 'zstd') return decompressZstd(sent, maxBytes);
  const decoder = (encoding === 'gzip' ? createGunzip : createInflate)({ chunkSize: 65_536 });
  return decoder.end(sent);
}

/** The error for a body beyond its limit. */
export function tooLarge(maxBytes: number, when: 'sent' | 'decompressed'): ServerError {
  return new ServerError(
    'SERVER_BODY_TOO_LARGE',
    `The body is larger than ${maxBytes} bytes${when === 'sent' ? '' : ' once decompressed'}. Send less at a time.`,
    { details: { maxBytes, measured: when } },
  );
}

/** The error for a request that there is no memory for now. */
export function overloaded(): ServerError {
  return new ServerError(
    'SERVER_OVERLOADED',
    'Too many bytes of requests are in work at once. Send again in a moment.',
  );
}
