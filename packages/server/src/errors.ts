/** Every code a {@link ServerError} can carry. Codes are the promise; messages may improve any day. */
export const serverErrorCodes = [
  'SERVER_ADDRESS_IN_USE',
  'SERVER_ADDRESS_UNAVAILABLE',
  'SERVER_BODY_ABORTED',
  'SERVER_BODY_MALFORMED',
  'SERVER_BODY_TIMEOUT',
  'SERVER_BODY_TOO_LARGE',
  'SERVER_DEADLINE_EXCEEDED',
  'SERVER_ENCODING_UNSUPPORTED',
  'SERVER_HOST_REFUSED',
  'SERVER_INPUT_INVALID',
  'SERVER_INTERNAL',
  'SERVER_MEDIA_TYPE_UNSUPPORTED',
  'SERVER_METHOD_NOT_ALLOWED',
  'SERVER_ORIGIN_REFUSED',
  'SERVER_OVERLOADED',
  'SERVER_ROUTE_UNKNOWN',
  'SERVER_SERVICE_UNKNOWN',
  'SERVER_STOP_UNSUPPORTED',
  'SERVER_TASK_RUNNING',
  'SERVER_TASK_UNKNOWN',
  'SERVER_UNAUTHENTICATED',
] as const;

/** One of {@link serverErrorCodes}. Each is described in docs/errors.md. */
export type ServerErrorCode = (typeof serverErrorCodes)[number];

/** What a {@link ServerError} knows beyond its message; safe to show to the caller. */
export type ServerErrorDetails = Readonly<
  Record<string, string | number | boolean | readonly string[]>
>;

/** A request that cannot be answered as asked, or a listener that cannot be opened. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;
  readonly details: ServerErrorDetails;

  constructor(
    code: ServerErrorCode,
    message: string,
    options: { details?: ServerErrorDetails; cause?: unknown } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'ServerError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Recognises a {@link ServerError} by its code, also across realms and package copies. */
export function isServerError(value: unknown): value is ServerError {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    (serverErrorCodes as readonly unknown[]).includes(value.code)
  );
}
