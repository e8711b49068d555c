/**
 * One share of all metrics, as a condition; `part` from 0 to `parts` - 1, both parameters.
 *
 * The casts are what makes it fast: a parameter is a signed number, and DuckDB would divide with 128 bits,
 * which takes a microsecond a row.
 */
export function metricsPartSql(part: string, parts: string): string {
  return `hash(service_id, metric_name) % ${parts}::UBIGINT = ${part}::UBIGINT`;
}
