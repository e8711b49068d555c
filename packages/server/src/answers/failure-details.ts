import { create } from '@bufbuild/protobuf';
import type { BadRequest, ErrorInfo } from '../rpc/gen/google/rpc/error_details_pb.js';
import { BadRequestSchema, ErrorInfoSchema } from '../rpc/gen/google/rpc/error_details_pb.js';
import type { Failure } from './failure.js';

/** Google's standard error details, which gRPC, Connect and OTLP all carry. */
export interface FailureMessages {
  /** Coral's code, and the facts that belong to it. */
  readonly info: ErrorInfo;
  /** What is wrong with the request; absent when it is not the request's fault. */
  readonly badRequest?: BadRequest;
}

/** A failure's details in the form of google.rpc. */
export function failureMessages({ code, message, details, meaning }: Failure): FailureMessages {
  const metadata = Object.fromEntries(
    Object.entries(details).map(([key, value]) => [key, String(value)]),
  );
  const info = create(ErrorInfoSchema, { reason: code, domain: 'coral', metadata });
  if (meaning.http !== 400) return { info };
  const field = String(details['field'] ?? details['path'] ?? '');
  const fieldViolations = [{ field, description: message }];
  return { info, badRequest: create(BadRequestSchema, { fieldViolations }) };
}
