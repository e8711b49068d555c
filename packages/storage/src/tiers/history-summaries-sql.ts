/** Steps from a number to the e-th part of it, as SQL of a DOUBLE. Files hold numbers of such steps. */
export const stepsPerE = '1e3';

/**
 * The rows of `metric_history` with the columns of `metric_summaries`, as SQL: undoes `historyRowsSql` but
 * for the rounding. Conditions and an order may follow.
 *
 * Part of migration 10: the view has it. Source: decision 0017.
 *
 * @param from a table or query with the columns of `metric_history`
 */
export function historySummariesSql(from: string): string {
  return `SELECT timestamp, service_id, metric_name, interval,
  coalesce(p50, max * exp((p50_steps + p95_steps + p99_steps) / -${stepsPerE})) AS p50,
  coalesce(p95, max * exp((p95_steps + p99_steps) / -${stepsPerE})) AS p95,
  coalesce(p99, max * exp(p99_steps / -${stepsPerE})) AS p99,
  mean, max, count
FROM ${from}`;
}
