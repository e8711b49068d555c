import { create } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import type { Code } from '@connectrpc/connect';
import type { BadRequest, ErrorInfo, RetryInfo } from '../rpc/gen/google/rpc/error_details_pb.js';
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from '../rpc/gen/google/rpc/error_details_pb.js';
import { StatusSchema } from '../rpc/gen/google/rpc/status_pb.js';
import type { Status } from '../rpc/gen/google/rpc/status_pb.js';
import type { Failure } from './failure.js';

/** Google's standard error details, which gRPC, Connect and OTLP all carry. */
export interface FailureMessages {
  /** Coral's code, and the facts that belong to it. */
  readonly info: ErrorInfo;
  /** What is wrong with the request; absent when it is not the request's fault. */
  readonly badRequest?: BadRequest;
  /** When to ask again; absent when that does not help. */
  readonly retryInfo?: RetryInfo;
}

/** A failure's details in the form of google.rpc. */
export function failureMessages({ code, message, details, meaning }: Failure): FailureMessages {
  const metadata = Object.fromEntries(
    Object.entries(details).map(([key, value]) => [key, String(value)]),
  );
  const info = create(ErrorInfoSchema, { reason: code, domain: 'coral', metadata });
  const retryInfo =
    meaning.retryAfterS === undefined
      ? {}
      : {
          retryInfo: create(RetryInfoSchema, {
            retryDelay: { seconds: BigInt(meaning.retryAfterS) },
          }),
        };
  if (meaning.http !== 400) return { info, ...retryInfo };
  const field = String(details['field'] ?? details['path'] ?? '');
  const fieldViolations = [{ field, description: message }];
  return { info, badRequest: create(BadRequestSchema, { fieldViolations }), ...retryInfo };
}

/** A failure as one google.rpc.Status, with its details. */
export function statusMessage(failure: Failure, code: Code): Status {
  const { info, badRequest, retryInfo } = failureMessages(failure);
  const details = [anyPack(ErrorInfoSchema, info)];
  if (badRequest !== undefined) details.push(anyPack(BadRequestSchema, badRequest));
  if (retryInfo !== undefined) details.push(anyPack(RetryInfoSchema, retryInfo));
  return create(StatusSchema, { code, message: failure.message, details });
}
