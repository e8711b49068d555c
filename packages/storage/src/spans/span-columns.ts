/** What part a span plays. `internal` also stands for a kind that was not given. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** What many spans have in common. Source: OpenTelemetry's traces data model. */
export interface SpanOperation {
  readonly serviceId: string;
  /** Name of the span. */
  readonly name: string;
  readonly kind: SpanKind;
  /** How the two sides talk; '' when nothing says so. */
  readonly protocol: string;
  /** Who is on the other side, as far as this side knows; '' when it does not. */
  readonly peer: string;
}

/**
 * A batch of spans, one array per column: what a decoder hands to the store.
 *
 * Shape: every column has `length` entries.
 * Units: times and durations in microseconds; times since the epoch, UTC, whole.
 */
export interface SpanColumns {
  readonly operations: readonly SpanOperation[];
  readonly length: number;
  /** Index into `operations`. */
  readonly operationIndex: Uint32Array;
  /** First half of the trace's id: the number that its first 16 hexadecimal digits are. */
  readonly traceHigh: BigUint64Array;
  readonly traceLow: BigUint64Array;
  readonly spanId: BigUint64Array;
  /** 0: none. */
  readonly parentId: BigUint64Array;
  readonly endTimeUs: Float64Array;
  readonly durationUs: Float64Array;
  /** 1 when its status is an error. */
  readonly isError: Uint8Array;
}
