import { mergedSketchesSql } from './merged-sketches-sql.js';

/**
 * The day's sketches with those of one of its hours added, beside what they replace. Parameters:
 * $1 start of the hour, $2 its end, $3 start of the day.
 */
export const foldHourSql = `
WITH ${mergedSketchesSql(
  `SELECT * FROM metric_sketches
   WHERE (interval = '5m' AND window_start >= $1 AND window_start < $2)
     OR (interval = '1d' AND window_start = $3)`,
)},
lists AS (
  SELECT id, list(low) AS lows, list(high) AS highs,
    list(count) AS counts
  FROM buckets
  GROUP BY id
)
INSERT INTO metric_sketches
SELECT 'new', $3::TIMESTAMP, service_id, metric_name, is_histogram, count, sum, max,
  coalesce(lows, []), coalesce(highs, []), coalesce(counts, [])
FROM totals LEFT JOIN lists USING (id)
`;

/** Takes away what {@link foldHourSql} has read. Parameters: the same. */
export const removeFoldedSql = `
DELETE FROM metric_sketches
WHERE (interval = '5m' AND window_start >= $1 AND window_start < $2)
  OR (interval = '1d' AND window_start = $3)`;

/** Puts what {@link foldHourSql} has made in its place. */
export const placeFoldedSql = `UPDATE metric_sketches SET interval = '1d' WHERE interval = 'new'`;
