import { ServerError } from '../errors.js';
import { acceptedEncodings, decompressBody, receiveBody, tooLarge } from '../http/read-body.js';
import type { BodyLimits, ContentEncoding } from '../http/read-body.js';
import type { HttpRequest } from '../listen/exchange.js';

/** A flag byte and the message's length come before every message. */
const prefixBytes = 5;

/** The message encodings there are, as gRPC lists them in `grpc-accept-encoding`. */
export const acceptedMessageEncodings = acceptedEncodings.join(',');

/**
 * Reads the one message of a unary call and undoes its compression.
 *
 * Source: gRPC over HTTP/2, Length-Prefixed-Message; gRPC compression.
 * @throws {ServerError} what `readBody` throws; `SERVER_BODY_MALFORMED` when the body is not exactly
 *   one message; `SERVER_ENCODING_UNSUPPORTED` for a `grpc-encoding` that is not known
 */
export async function readGrpcMessage(
  request: HttpRequest,
  limits: BodyLimits,
): Promise<Uint8Array> {
  const encoding = messageEncodingOf(request);
  const body = await receiveBody(request, {
    ...limits,
    maxBytes: limits.maxBytes + prefixBytes,
  });
  if (body.length < prefixBytes) {
    throw malformed(
      body.length === 0
        ? 'there is no message'
        : `its prefix of ${prefixBytes} bytes is cut off after ${body.length}`,
    );
  }
  const [flags] = body;
  const length = body.readUInt32BE(1);
  const sent = body.length - prefixBytes;
  if (length > limits.maxBytes) throw tooLarge(limits.maxBytes, 'sent');
  if (flags !== 0 && flags !== 1) throw malformed(`its compressed flag is ${flags}, not 0 or 1`);
  if (sent < length) throw malformed(`${length} bytes are announced and ${sent} were sent`);
  if (sent > length) {
    throw malformed(`${sent - length} bytes follow it, and a unary call has one message`);
  }
  const message = body.subarray(prefixBytes);
  if (flags === 0) return message;
  if (encoding === 'identity') {
    throw malformed('it is flagged as compressed, and grpc-encoding does not say how');
  }
  return decompressBody(message, encoding, limits);
}

function messageEncodingOf(request: HttpRequest): ContentEncoding {
  const sent = String(request.headers['grpc-encoding'] ?? 'identity');
  const encoding = acceptedEncodings.find((name) => name === sent);
  if (encoding !== undefined) return encoding;
  throw new ServerError(
    'SERVER_ENCODING_UNSUPPORTED',
    `The grpc-encoding "${sent.slice(0, 100)}" is not supported. Send ${acceptedEncodings.join(', ')}.`,
    { details: { encoding: sent.slice(0, 100), supported: acceptedEncodings } },
  );
}

function malformed(what: string): ServerError {
  return new ServerError('SERVER_BODY_MALFORMED', `The body is not one gRPC message: ${what}.`);
}
