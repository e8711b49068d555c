import { toBinary } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { percentEncode } from '../grpc/percent-encode.js';
import { acceptedMessageEncodings } from '../grpc/read-grpc-message.js';
import { mediaTypeOf } from '../http/media-type.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import { StatusSchema } from '../rpc/gen/google/rpc/status_pb.js';
import type { Failure } from './failure.js';
import { statusMessage } from './failure-details.js';
import { answerJson, failureBody, failureHeaders } from './json-answer.js';

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
 * Refuses an export over gRPC: a status without a message, with google.rpc.Status for programs that
 * read details. What is not gRPC at all gets plain HTTP.
 *
 * Source: gRPC over HTTP/2, Responses, Trailers-Only; OTLP specification, OTLP/gRPC Response,
 *   Failures and Throttling.
 */
export function refuseGrpc(request: HttpRequest, response: HttpResponse, failure: Failure): void {
  if (response.headersSent || response.destroyed) return;
  if (!isGrpc(request)) {
    const { http } = failure.meaning;
    answerJson(response, http, failureBody(failure), failureHeaders(failure));
    return;
  }
  const code = otlpCodeOf(failure);
  const status = toBinary(StatusSchema, statusMessage(failure, code));
  answerTrailersOnly(response, {
    'content-type': 'application/grpc',
    'grpc-accept-encoding': acceptedMessageEncodings,
    'grpc-status': String(code),
    'grpc-message': percentEncode(failure.message),
    'grpc-status-details-bin': Buffer.from(status).toString('base64').replace(/=+$/, ''),
  });
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

/** The codes after which senders of OTLP send again; RESOURCE_EXHAUSTED only with a RetryInfo. */
const repeatedCodes: readonly Code[] = [
  Code.Canceled,
  Code.DeadlineExceeded,
  Code.ResourceExhausted,
  Code.Aborted,
  Code.OutOfRange,
  Code.Unavailable,
  Code.DataLoss,
];

/** What may pass must be told as one of the codes that senders repeat. */
function otlpCodeOf({ meaning: { rpc, retryAfterS } }: Failure): Code {
  return retryAfterS === undefined || repeatedCodes.includes(rpc) ? rpc : Code.Unavailable;
}
