import { toBinary } from '@bufbuild/protobuf';
import type { DescMessage } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import { percentEncode } from '../grpc/percent-encode.js';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from '../rpc/gen/google/rpc/error_details_pb.js';
import type { Failure } from './failure.js';
import { failureMessages } from './failure-details.js';
import { answerTrailersOnly } from './grpc-answer.js';
import { answerBytes, failureHeaders } from './json-answer.js';

/** A failure as Connect's error: its status from the table, its details as google.rpc's messages. */
export function toConnectError(failure: Failure): ConnectError {
  const { info, badRequest, retryInfo } = failureMessages(failure);
  const details = [
    { desc: ErrorInfoSchema as DescMessage, value: { ...info } },
    ...(badRequest === undefined ? [] : [{ desc: BadRequestSchema, value: { ...badRequest } }]),
    ...(retryInfo === undefined ? [] : [{ desc: RetryInfoSchema, value: { ...retryInfo } }]),
  ];
  return new ConnectError(failure.message, failure.meaning.rpc, failureHeaders(failure), details);
}

/**
 * Answers an RPC that never reaches its handler, in the protocol its content type speaks: a
 * trailers-only answer for gRPC and gRPC-Web, HTTP status and JSON for Connect.
 *
 * Source: gRPC over HTTP/2 §Responses; Connect protocol §Error codes.
 */
export function refuseRpc(request: HttpRequest, response: HttpResponse, failure: Failure): void {
  if (response.headersSent || response.destroyed) return;
  const contentType = request.headers['content-type'] ?? '';
  if (contentType.startsWith('application/grpc')) {
    answerTrailersOnly(response, {
      'content-type': contentType,
      'grpc-status': String(failure.meaning.rpc),
      'grpc-message': percentEncode(failure.message),
    });
    return;
  }
  const body = Buffer.from(JSON.stringify(connectErrorBody(failure)), 'utf8');
  const { http } = failure.meaning;
  answerBytes(response, http, 'application/json', body, failureHeaders(failure));
}

function connectErrorBody(failure: Failure): object {
  const { info, badRequest } = failureMessages(failure);
  const details = [detail(ErrorInfoSchema.typeName, toBinary(ErrorInfoSchema, info))];
  if (badRequest !== undefined) {
    details.push(detail(BadRequestSchema.typeName, toBinary(BadRequestSchema, badRequest)));
  }
  return { code: connectCodeName(failure.meaning.rpc), message: failure.message, details };
}

/** Source: Connect protocol §Error details: base64 without padding. */
function detail(type: string, bytes: Uint8Array): object {
  return { type, value: Buffer.from(bytes).toString('base64').replace(/=+$/, '') };
}

/** Connect's spelling of a code: `InvalidArgument` is `invalid_argument`. */
function connectCodeName(code: Code): string {
  return Code[code].replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();
}
