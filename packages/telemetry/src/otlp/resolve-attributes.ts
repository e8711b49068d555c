import type { RejectionReason } from '../rejection.js';
import type { KnownMetric, SeriesInterner } from '../series-interner.js';

/** Finds or adds the series that has these canonical attributes: what both encodings end in. */
export function resolveAttributes(
  metric: KnownMetric,
  interner: SeriesInterner,
  attributes: string,
  mayAdd: boolean,
): number | RejectionReason {
  const known = interner.findSeries(metric, attributes);
  if (known >= 0) return known;
  return mayAdd ? interner.addSeries(metric, attributes) : 'too_many_series';
}
