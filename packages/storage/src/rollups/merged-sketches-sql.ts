import { bucketSql } from './bucket-sql.js';

/**
 * The union of sketches, as common table expressions: `totals` (id, the keys, service_id,
 * metric_name, is_histogram, count, sum, max), one per metric, and its `buckets` (id, low, high,
 * count).
 *
 * Numbers and histograms of one name stay apart.
 *
 * @param source a query for rows of metric_sketches
 * @param keys further columns of it: what differs in them stays apart, too
 */
export function mergedSketchesSql(source: string, keys: readonly string[] = []): string {
  const identity = [...keys, 'service_id', 'metric_name', 'is_histogram'];
  return `parts AS MATERIALIZED (
  SELECT *, dense_rank() OVER (ORDER BY ${identity.join(', ')}) AS id
  FROM (${source})
),
totals AS (
  SELECT id, ${identity.map((name) => `any_value(${name}) AS ${name}`).join(', ')},
    sum(count) AS count, CASE WHEN count(sum) = count(*) THEN fsum(sum) END AS sum, max(max) AS max
  FROM parts
  GROUP BY id
),
pieces AS (
  SELECT id, unnest(lows) AS low, unnest(highs) AS high, unnest(counts) AS count
  FROM parts
),
buckets AS (
  SELECT id, min(low) AS low, max(high) AS high, sum(count) AS count
  FROM pieces
  GROUP BY id, ${bucketSql('low')}, ${bucketSql('high')}
)`;
}
