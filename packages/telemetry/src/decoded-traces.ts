import type { ResourceDescriptor } from './points.js';
import type { RejectedPoints } from './rejection.js';
import type { SpanColumns } from './spans.js';

/** What one export request of traces holds. */
export interface DecodedTraces {
  /** The distinct resources that sent at least one span, whatever became of it. */
  readonly resources: readonly ResourceDescriptor[];
  readonly spans: SpanColumns;
  /** Spans that cannot be stored, by reason, for OTLP's partial success; `[]` when all can. */
  readonly rejected: readonly RejectedPoints[];
}
