import { toBinary } from '@bufbuild/protobuf';
import { Code } from '@connectrpc/connect';
import { percentEncode } from '../grpc/percent-encode.js';
import { acceptedMessageEncodings } from '../grpc/read-grpc-message.js';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import { StatusSchema } from '../rpc/gen/google/rpc/status_pb.js';
import type { Failure } from './failure.js';
import { statusMessage } from './failure-details.js';
import { answerTrailersOnly, isGrpc } from './grpc-answer.js';
import { answerJson, failureBody, failureHeaders } from './json-answer.js';

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
