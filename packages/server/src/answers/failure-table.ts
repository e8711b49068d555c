import type { StorageErrorCode } from '@coral/storage';
import type { TelemetryErrorCode } from '@coral/telemetry';
import type { ServerErrorCode } from '../errors.js';
import { statusCode } from '../grpc/status-code.js';
import type { StatusCode } from '../grpc/status-code.js';

/** Every code that a failed request can carry. */
export type FailureCode = ServerErrorCode | StorageErrorCode | TelemetryErrorCode;

/** How a failure is told in each protocol. */
export interface FailureMeaning {
  /** Status of plain HTTP routes. */
  readonly http: number;
  /** Status of OTLP/HTTP, where it differs: senders repeat 429, 502, 503 and 504 and nothing else. */
  readonly otlp?: number;
  /** Status of gRPC, gRPC-Web and Connect. */
  readonly rpc: StatusCode;
  /** Seconds after which asking again may help. Absent: asking again does not help. */
  readonly retryAfterS?: number;
}

/**
 * What each code means in HTTP, OTLP and gRPC. The only place that decides it; docs/errors.md shows
 * it to users.
 *
 * A full disk is 507 for people and programs that ask, and 503 for senders of telemetry: they hold
 * their data and send it again, and space may be made meanwhile.
 */
export const failureTable: Readonly<Record<FailureCode, FailureMeaning>> = {
  SERVER_ADDRESS_IN_USE: { http: 500, rpc: statusCode.Internal },
  SERVER_ADDRESS_UNAVAILABLE: { http: 500, rpc: statusCode.Internal },
  SERVER_BODY_ABORTED: { http: 400, rpc: statusCode.Canceled },
  SERVER_BODY_MALFORMED: { http: 400, rpc: statusCode.InvalidArgument },
  SERVER_BODY_TIMEOUT: { http: 408, rpc: statusCode.DeadlineExceeded },
  SERVER_BODY_TOO_LARGE: { http: 413, rpc: statusCode.ResourceExhausted },
  SERVER_DEADLINE_EXCEEDED: { http: 504, rpc: statusCode.DeadlineExceeded, retryAfterS: 1 },
  SERVER_ENCODING_UNSUPPORTED: { http: 415, rpc: statusCode.Unimplemented },
  SERVER_HOST_REFUSED: { http: 403, rpc: statusCode.PermissionDenied },
  SERVER_INPUT_INVALID: { http: 400, rpc: statusCode.InvalidArgument },
  SERVER_INTERNAL: { http: 500, rpc: statusCode.Internal },
  SERVER_MEDIA_TYPE_UNSUPPORTED: { http: 415, rpc: statusCode.InvalidArgument },
  SERVER_METHOD_NOT_ALLOWED: { http: 405, rpc: statusCode.Unimplemented },
  SERVER_ORIGIN_REFUSED: { http: 403, rpc: statusCode.PermissionDenied },
  SERVER_OVERLOADED: { http: 429, rpc: statusCode.ResourceExhausted, retryAfterS: 1 },
  SERVER_ROUTE_UNKNOWN: { http: 404, rpc: statusCode.Unimplemented },
  SERVER_SERVICE_UNKNOWN: { http: 404, rpc: statusCode.NotFound },
  SERVER_STOP_UNSUPPORTED: { http: 501, rpc: statusCode.Unimplemented },
  SERVER_TASK_RUNNING: { http: 409, rpc: statusCode.AlreadyExists },
  SERVER_TASK_UNKNOWN: { http: 404, rpc: statusCode.NotFound },
  SERVER_UNAUTHENTICATED: { http: 401, rpc: statusCode.Unauthenticated },

  STORAGE_INVALID_INPUT: { http: 400, rpc: statusCode.InvalidArgument },
  STORAGE_SQL_INVALID: { http: 400, rpc: statusCode.InvalidArgument },
  STORAGE_SQL_REFUSED: { http: 403, rpc: statusCode.PermissionDenied },
  STORAGE_CONSTRAINT: { http: 409, rpc: statusCode.AlreadyExists },
  STORAGE_CONFLICT: { http: 503, rpc: statusCode.Aborted, retryAfterS: 1 },
  STORAGE_OVERLOADED: { http: 429, rpc: statusCode.ResourceExhausted, retryAfterS: 1 },
  STORAGE_OUT_OF_MEMORY: { http: 503, rpc: statusCode.ResourceExhausted, retryAfterS: 5 },
  STORAGE_TIMEOUT: { http: 504, rpc: statusCode.DeadlineExceeded, retryAfterS: 1 },
  STORAGE_CANCELLED: { http: 499, otlp: 503, rpc: statusCode.Canceled, retryAfterS: 1 },
  STORAGE_DISK_FULL: { http: 507, otlp: 503, rpc: statusCode.ResourceExhausted, retryAfterS: 30 },
  STORAGE_BUDGET_EXCEEDED: {
    http: 507,
    otlp: 503,
    rpc: statusCode.ResourceExhausted,
    retryAfterS: 30,
  },
  STORAGE_NO_ROOM: { http: 507, otlp: 503, rpc: statusCode.ResourceExhausted, retryAfterS: 30 },
  STORAGE_OUTPUT_EXISTS: { http: 409, rpc: statusCode.AlreadyExists },
  STORAGE_BACKUP_INVALID: { http: 400, rpc: statusCode.DataLoss },
  STORAGE_KEY_WRONG: { http: 400, rpc: statusCode.InvalidArgument },
  STORAGE_NOT_OPEN: { http: 503, rpc: statusCode.Unavailable, retryAfterS: 5 },
  STORAGE_UNREACHABLE: { http: 503, rpc: statusCode.Unavailable, retryAfterS: 5 },
  STORAGE_FATAL: { http: 503, rpc: statusCode.Unavailable, retryAfterS: 30 },
  STORAGE_LOCKED: { http: 503, rpc: statusCode.Unavailable, retryAfterS: 5 },
  STORAGE_CORRUPT: { http: 500, otlp: 503, rpc: statusCode.DataLoss, retryAfterS: 60 },
  STORAGE_NOT_A_DATABASE: { http: 500, otlp: 503, rpc: statusCode.DataLoss, retryAfterS: 60 },
  STORAGE_SCHEMA_NEWER: {
    http: 500,
    otlp: 503,
    rpc: statusCode.FailedPrecondition,
    retryAfterS: 60,
  },
  STORAGE_MIGRATION_CHANGED: {
    http: 500,
    otlp: 503,
    rpc: statusCode.FailedPrecondition,
    retryAfterS: 60,
  },
  STORAGE_MIGRATION_PENDING: {
    http: 500,
    otlp: 503,
    rpc: statusCode.FailedPrecondition,
    retryAfterS: 60,
  },
  STORAGE_PATH_INVALID: {
    http: 500,
    otlp: 503,
    rpc: statusCode.FailedPrecondition,
    retryAfterS: 60,
  },
  STORAGE_PATH_NOT_DIRECTORY: {
    http: 500,
    otlp: 503,
    rpc: statusCode.FailedPrecondition,
    retryAfterS: 60,
  },
  STORAGE_PATH_NOT_WRITABLE: {
    http: 500,
    otlp: 503,
    rpc: statusCode.FailedPrecondition,
    retryAfterS: 60,
  },
  STORAGE_COLONY_ID_INVALID: { http: 500, rpc: statusCode.FailedPrecondition },
  STORAGE_INTERNAL: { http: 500, rpc: statusCode.Internal },

  TELEMETRY_MALFORMED: { http: 400, rpc: statusCode.InvalidArgument },
  TELEMETRY_LIMIT: { http: 413, rpc: statusCode.ResourceExhausted },
};
