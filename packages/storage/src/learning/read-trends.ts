import type { Store } from '../store.js';
import { countParts, learnTimeoutMs } from './learn-baselines.js';
import type { Member } from './finding.js';
import { hasLevelSql, levelSql } from './level-sql.js';
import { metricsPartSql } from './metrics-part-sql.js';
import { ownService } from './read-deviations.js';
import { dayMs, hourMs } from './whole-windows.js';

/** Days that are compared, the newest being the last 24 hours. */
const days = 4;
/** By how much of the first day's level each day must differ from the one before. */
const leastStep = 0.02;
/** By how much all days together, to begin and to go on. */
const growthBegins = 0.1;
const growthStays = 0.05;
/** Hours of the day that must have moved so; of those that all days have, which must be half at least. */
const beginsWith = 0.8;
const staysWith = 0.5;
const leastHours = 12;

/** Names of clocks: they rise, and are meant to. */
const clocks = '(?i)uptime|start_?time|timestamp|time_seconds$';

/**
 * Of each metric and hour of the day, how the days compare; then, how many hours rose, and how many
 * fell, day after day. Where there is a week, the hour must have left that of a week ago behind, too.
 * Parameters: $1 end, $2 and $3 part and parts.
 */
const trendsSql = `
WITH hours AS (
  SELECT service_id, metric_name, (epoch_ms($1::TIMESTAMP - timestamp) - 1) // ${dayMs} AS back,
    epoch_ms(timestamp) % ${dayMs} // ${hourMs} AS hour, median(${levelSql}) AS level
  FROM all_metric_summaries
  WHERE ${hasLevelSql} AND timestamp < $1 AND service_id <> '${ownService}'
    AND (timestamp >= $1 - INTERVAL ${days} DAY
      OR (timestamp >= $1 - INTERVAL 8 DAY AND timestamp < $1 - INTERVAL 7 DAY))
    AND ${metricsPartSql('$2', '$3')}
    AND NOT regexp_matches(metric_name, '${clocks}')
  GROUP BY ALL
),
compared AS (
  SELECT service_id, metric_name, hour,
    max(level) FILTER (back = 0) AS d0, max(level) FILTER (back = 1) AS d1,
    max(level) FILTER (back = 2) AS d2, max(level) FILTER (back = 3) AS d3,
    coalesce(max(level) FILTER (back = 7), max(level) FILTER (back = 3)) AS d7
  FROM hours GROUP BY service_id, metric_name, hour
  HAVING d0 IS NOT NULL AND d1 IS NOT NULL AND d2 IS NOT NULL AND d3 IS NOT NULL
),
moved AS (
  SELECT *, ${leastStep} * abs(d3) AS step,
    d0 - d1 > step AND d1 - d2 > step AND d2 - d3 > step AND d0 > d7 + step AS rose,
    d1 - d0 > step AND d2 - d1 > step AND d3 - d2 > step AND d0 < d7 - step AS fell
  FROM compared
)
SELECT service_id, metric_name, count(*) AS hours, count(*) FILTER (rose) AS rose,
  count(*) FILTER (fell) AS fell, median(d0) AS level, median(d3) AS normal
FROM moved GROUP BY service_id, metric_name
HAVING hours >= ${leastHours} AND greatest(rose, fell) >= ${staysWith} * hours
  AND abs(level - normal) >= ${growthStays} * abs(normal) AND abs(normal) > 1e-12`;

/**
 * Metrics that move one way for days, slowly enough to stay near what is normal: leaks, and what is
 * used up. Four in five hours of the day must have moved, day after day, for three days.
 *
 * @param isOpen whether it was in trouble before
 */
export async function readTrends(
  store: Store,
  end: Date,
  isOpen: (service: string, metric: string) => boolean,
  signal?: AbortSignal,
): Promise<Member[]> {
  const parts = await countParts(store, new Date(end.getTime() - days * dayMs), end);
  const members: Member[] = [];
  for (let part = 0; part < parts; part += 1) {
    const rows = await store
      .readers()
      .query(trendsSql, [end, part, parts], { timeoutMs: learnTimeoutMs, signal });
    for (const row of rows) {
      const [service, metric] = [row['service_id'] as string, row['metric_name'] as string];
      const [rose, fell] = [row['rose'] as number, row['fell'] as number];
      const share = Math.max(rose, fell) / (row['hours'] as number);
      const [level, normal] = [row['level'] as number, row['normal'] as number];
      const growth = Math.abs(level - normal) / Math.abs(normal);
      const begins = share >= beginsWith && growth >= growthBegins;
      if (!begins && !isOpen(service, metric)) continue;
      members.push({
        service,
        metric,
        trouble: rose > fell ? 'rising' : 'falling',
        sinceMs: end.getTime() - (days - 1) * dayMs,
        level,
        normal,
        score: 5,
        bad: Math.max(rose, fell),
      });
    }
  }
  return members;
}
