import type { ResourceDescriptor } from './points.js';
import type { RejectedPoints } from './rejection.js';

/**
 * A batch of log records, one array per column: what leaves this package for whoever groups or
 * stores them.
 *
 * Shape:  record `i` is element `i` of every column; texts are `''` when absent, or when they were
 *         not asked for (`textsFromSeverity`).
 * Units:  times in microseconds since the epoch, UTC, integers; 0 means unknown.
 */
export interface LogColumns {
  /** Number of records; every column has exactly this length. */
  readonly length: number;
  /** Index into `DecodedLogs.resources`. */
  readonly resourceIndex: Uint32Array;
  /** When it happened, or was first observed when that is all there is. */
  readonly timeUs: Float64Array;
  readonly observedTimeUs: Float64Array;
  /** 1 to 24 as OpenTelemetry numbers them (9 INFO, 13 WARN, 17 ERROR, 21 FATAL); 0 unknown. */
  readonly severity: Uint8Array;
  /** The text, or canonical JSON of a body that is none; cut at `maxLogTextLength`. */
  readonly body: readonly string[];
  readonly eventName: readonly string[];
  /** 32 hexadecimal digits. */
  readonly traceId: readonly string[];
  /** Attribute `exception.type`. */
  readonly exceptionType: readonly string[];
  /** Attribute `exception.message`, cut as the body is. */
  readonly exceptionMessage: readonly string[];
}

/** What one export request holds. */
export interface DecodedLogs {
  /** The distinct resources that sent at least one record, whatever became of it. */
  readonly resources: readonly ResourceDescriptor[];
  readonly logs: LogColumns;
  /** Records that cannot be kept, by reason, for OTLP's partial success; `[]` when all can. */
  readonly rejected: readonly RejectedPoints[];
}
