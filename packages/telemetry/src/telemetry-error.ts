/** The closed list of codes; `docs/errors.md` says when each occurs and what to do. */
export const telemetryErrorCodes = ['TELEMETRY_MALFORMED', 'TELEMETRY_LIMIT'] as const;

export type TelemetryErrorCode = (typeof telemetryErrorCodes)[number];

/** Where and how much, for programs; all optional. */
export interface TelemetryErrorDetails {
  /** Byte offset in the request at which reading stopped (protobuf). */
  readonly offset?: number;
  /** Where in the document, such as `resourceMetrics[0].scopeMetrics` (JSON). */
  readonly path?: string;
  /** Name of the limit in `DecodeOptions` that was exceeded. */
  readonly limit?: string;
  /** The limit's value. */
  readonly allowed?: number;
}

/**
 * A request that cannot be decoded as a whole. Points that merely cannot be stored do not raise
 * this: they are counted in `DecodedMetrics.rejected`.
 */
export class TelemetryError extends Error {
  override readonly name = 'TelemetryError';
  readonly code: TelemetryErrorCode;
  readonly details: TelemetryErrorDetails;

  constructor(
    code: TelemetryErrorCode,
    message: string,
    details: TelemetryErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/** Whether a value is a `TelemetryError`, also one from another copy of this package or realm. */
export function isTelemetryError(value: unknown): value is TelemetryError {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    telemetryErrorCodes.some((code) => code === value.code)
  );
}
