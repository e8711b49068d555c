/**
 * The status codes of gRPC. As a table of our own, because deciding what a failure means needs no RPC
 * library.
 *
 * Source: grpc.io/docs/guides/status-codes
 */
export const statusCode = {
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

/** One of {@link statusCode}. */
export type StatusCode = (typeof statusCode)[keyof typeof statusCode];
