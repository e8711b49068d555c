import type { PointColumns, ResourceDescriptor } from './points.js';
import type { RejectedPoints } from './rejection.js';

/** What one export request holds. */
export interface DecodedMetrics {
  /** The distinct resources that sent at least one data point, whatever became of it. */
  readonly resources: readonly ResourceDescriptor[];
  readonly points: PointColumns;
  /** Points that cannot be stored, by reason, for OTLP's partial success; `[]` when all can. */
  readonly rejected: readonly RejectedPoints[];
}
