/**
 * Condition on a row with service_id and metric_name: whether its metric belongs to one part of
 * several, of which each has about as many metrics. All series of a metric are in the same, and so are
 * a classic histogram and its sum, which are two metrics.
 *
 * @param part counted from 0
 */
export function isInPart(part: number, count: number): string {
  if (count === 1) return 'TRUE';
  return `hash(service_id, regexp_replace(metric_name, '_sum$', '')) % ${count} = ${part}`;
}
