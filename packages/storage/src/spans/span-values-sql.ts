/**
 * Names of the metrics that are computed from spans: of all requests of a service, and, with `/` and
 * the operation after it, of one operation.
 */
export const durationMetric = 'traces.duration';
export const errorMetric = 'traces.errors';

/**
 * The values of one window that follow from its spans, as common table expressions, the last of which
 * is `span_values` (service_id, metric_name, value). Parameters: $1 start of the window, $2 its end.
 *
 * A span counts when it is a request to its service: of kind server or consumer, or without a parent
 * and not a call to somebody else. It gives its duration in seconds, and 1 or 0 for whether it failed.
 * A span that was sent twice counts once.
 *
 * @param condition on service_id and metric_name: which metrics are wanted
 */
export function spanValuesSql(condition: string): string {
  return `window_requests AS (
  SELECT min(operation_id) AS operation_id, min(duration_us) AS duration_us, bool_or(is_error) AS is_error
  FROM spans
  WHERE end_time >= $1 AND end_time < $2
    AND (parent_id = 0 OR operation_id IN (
      SELECT operation_id FROM span_operations WHERE kind IN ('server', 'consumer')))
    AND operation_id NOT IN (
      SELECT operation_id FROM span_operations WHERE kind IN ('client', 'producer'))
  GROUP BY trace_high, trace_low, span_id
),
request_metrics AS (
  SELECT operation_id, service_id, is_duration,
    CASE WHEN is_duration THEN '${durationMetric}' ELSE '${errorMetric}' END
      || CASE WHEN is_total THEN '' ELSE '/' || name END AS metric_name
  FROM span_operations
    CROSS JOIN (VALUES (true), (false)) AS d(is_duration)
    CROSS JOIN (VALUES (true), (false)) AS t(is_total)
),
span_values AS (
  SELECT service_id, metric_name,
    CASE WHEN is_duration THEN duration_us / 1e6 ELSE is_error::INTEGER END AS value
  FROM window_requests JOIN request_metrics USING (operation_id)
  WHERE ${condition}
)`;
}
