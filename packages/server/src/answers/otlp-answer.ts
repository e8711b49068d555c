import { createRegistry, toBinary, toJson } from '@bufbuild/protobuf';
import type { OtlpEncoding } from '@coral/telemetry';
import { mediaTypeOf } from '../http/media-type.js';
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

const mediaTypes: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** The content types that OTLP/HTTP has. */
export const otlpMediaTypes: readonly string[] = Object.values(mediaTypes);

/** How a request is encoded; undefined when it is in none of OTLP's ways. */
export function otlpEncodingOf(request: HttpRequest): OtlpEncoding | undefined {
  const mediaType = mediaTypeOf(request);
  if (mediaType === mediaTypes.protobuf) return 'protobuf';
  return mediaType === mediaTypes.json ? 'json' : undefined;
}

/** The content type of an answer. */
export function mediaTypeOfOtlp(encoding: OtlpEncoding): string {
  return mediaTypes[encoding];
}

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
  answerBytes(response, status, mediaTypes[encoding], body, failureHeaders(failure));
}

const detailTypes = createRegistry(ErrorInfoSchema, BadRequestSchema, RetryInfoSchema);

function encodeStatus(failure: Failure, encoding: OtlpEncoding): Uint8Array {
  const status = statusMessage(failure, failure.meaning.rpc);
  return encoding === 'protobuf'
    ? toBinary(StatusSchema, status)
    : Buffer.from(JSON.stringify(toJson(StatusSchema, status, { registry: detailTypes })), 'utf8');
}
