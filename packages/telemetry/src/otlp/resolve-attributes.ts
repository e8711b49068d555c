import type { CanonicalEntry } from '../canonical-json.js';
import { canonicalObject } from '../canonical-json.js';
import type { RejectionReason } from '../rejection.js';
import type { KnownMetric, SeriesInterner } from '../series-interner.js';

/** Finds or adds the series that has these attributes: the way that both encodings share. */
export function resolveAttributes(
  metric: KnownMetric,
  interner: SeriesInterner,
  entries: CanonicalEntry[],
  mayAdd: boolean,
): number | RejectionReason {
  const attributes = canonicalObject(entries);
  const known = interner.findSeries(metric, attributes);
  if (known >= 0) return known;
  return mayAdd ? interner.addSeries(metric, attributes) : 'too_many_series';
}
