/** Steps from a number to the e-th part of it, as SQL of a DOUBLE. Files hold numbers of such steps. */
export const stepsPerE = '1e3';

/**
 * The rows of `metric_history` with the columns of `metric_summaries`, as SQL: undoes `historyRowsSql` but
 * for the rounding. Conditions and an order may follow.
 *
 * Part of migration 12: the view has it. Source: decision 0017.
 *
 * @param from a table or query with the columns of `metric_history`
 */
export function historySummariesSql(from: string): string {
  return `SELECT timestamp, service_id, metric_name, interval,
  coalesce(p50, ${percentile('p50_steps + p95_steps + p99_steps')}) AS p50,
  coalesce(p95, ${percentile('p95_steps + p99_steps')}) AS p95,
  coalesce(p99, ${percentile('p99_steps')}) AS p99,
  mean, max, count
FROM ${from}`;
}

/** Where the largest value is a whole number, a percentile with five digits before the point is one, too. */
function percentile(steps: string): string {
  const value = `max * exp((${steps}) / -${stepsPerE})`;
  return `CASE WHEN max = floor(max) AND ${value} >= 10000 THEN round(${value}) ELSE ${value} END`;
}
