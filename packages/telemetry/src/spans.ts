/** What part a span plays. `internal` also stands for a kind that was not given. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** What many spans have in common, once per batch instead of once per span. */
export interface SpanOperation {
  /** `service.namespace/service.name`, or `service.name` alone; `unknown_service` when absent. */
  readonly serviceId: string;
  /** Name of the span, such as `GET /orders/{id}`; `unknown` when it has none. */
  readonly name: string;
  readonly kind: SpanKind;
  /** How the two sides talk: `http`, `grpc`, `postgresql`, `kafka`; `''` when nothing says so. */
  readonly protocol: string;
  /**
   * Who is on the other side, as far as this side knows: a service, a host with its port, a database,
   * a queue. `''` when nothing says so, and for `server` and `internal`.
   */
  readonly peer: string;
}

/**
 * A batch of spans, one typed array per column: what leaves this package for the store.
 *
 * Shape:  span `i` is element `i` of every column.
 * Units:  times and durations in microseconds; times since the epoch, UTC, integers.
 */
export interface SpanColumns {
  /** The distinct operations of this batch. */
  readonly operations: readonly SpanOperation[];
  /** Number of spans; every column has exactly this length. */
  readonly length: number;
  /** Index into `operations`. */
  readonly operationIndex: Uint32Array;
  /** First half of the trace's id: the number that its first 16 hexadecimal digits are. */
  readonly traceHigh: BigUint64Array;
  /** Second half. */
  readonly traceLow: BigUint64Array;
  readonly spanId: BigUint64Array;
  /** 0 when the span has no parent. */
  readonly parentId: BigUint64Array;
  /** When the span ended, which is when it was known what it did. */
  readonly endTimeUs: Float64Array;
  /** With a fraction where the sender's clock has nanoseconds. */
  readonly durationUs: Float64Array;
  /** 1 when its status is an error. */
  readonly isError: Uint8Array;
}
