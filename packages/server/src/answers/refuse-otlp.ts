import { createRegistry, toBinary, toJson } from '@bufbuild/protobuf';
import type { OtlpEncoding } from '@coral/telemetry';
import type { HttpRequest, HttpResponse } from '../listen/exchange.js';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from '../rpc/gen/google/rpc/error_details_pb.js';
import { StatusSchema } from '../rpc/gen/google/rpc/status_pb.js';
import type { Failure } from './failure.js';
import { statusMessage } from './failure-details.js';
import { answerBytes, failureHeaders } from './json-answer.js';
import { mediaTypeOfOtlp, otlpEncodingOf } from './otlp-answer.js';

/**
 * Answers a request that was not stored with a google.rpc.Status, in the request's encoding; in JSON
 * when that is neither of OTLP's.
 *
 * Source: OTLP specification, OTLP/HTTP Response, Failures: 400 carries a BadRequest.
 */
export function refuseOtlp(request: HttpRequest, response: HttpResponse, failure: Failure): void {
  const encoding = otlpEncodingOf(request) ?? 'json';
  const status = failure.meaning.otlp ?? failure.meaning.http;
  const body = encodeStatus(failure, encoding);
  answerBytes(response, status, mediaTypeOfOtlp(encoding), body, failureHeaders(failure));
}

const detailTypes = createRegistry(ErrorInfoSchema, BadRequestSchema, RetryInfoSchema);

function encodeStatus(failure: Failure, encoding: OtlpEncoding): Uint8Array {
  const status = statusMessage(failure, failure.meaning.rpc);
  return encoding === 'protobuf'
    ? toBinary(StatusSchema, status)
    : Buffer.from(JSON.stringify(toJson(StatusSchema, status, { registry: detailTypes })), 'utf8');
}
