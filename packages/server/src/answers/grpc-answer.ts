import { acceptedMessageEncodings } from '../grpc/read-grpc-message.js';
import { mediaTypeOf } from '../http/media-type.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';

const grpcMediaTypes: readonly (string | undefined)[] = [
  'application/grpc',
  'application/grpc+proto',
];

/** Whether a request is a gRPC call with protobuf messages, which takes HTTP/2. */
export function isGrpc(request: HttpRequest): boolean {
  return request.httpVersionMajor >= 2 && grpcMediaTypes.includes(mediaTypeOf(request));
}

/** Answers a unary gRPC call with its message. */
export function answerGrpc(response: HttpResponse, message: Uint8Array): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(200, {
    'content-type': 'application/grpc',
    'grpc-accept-encoding': acceptedMessageEncodings,
  });
  response.addTrailers({ 'grpc-status': '0' });
  const frame = Buffer.alloc(5 + message.length);
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, 5);
  response.end(frame);
}

/**
 * Ends a call with header fields alone, in the one frame that also ends the stream: clients look for
 * the status there and nowhere else. `writeHead` would send them at once, in a frame that does not.
 */
export function answerTrailersOnly(
  response: HttpResponse,
  headers: Readonly<Record<string, string>>,
): void {
  response.statusCode = 200;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end();
}
