import type { Store } from '../store.js';
import type { Member } from './finding.js';
import { learnTimeoutMs } from './learn-baselines.js';
import { hasLevelSql, levelSql } from './level-sql.js';
import { hourOfSeasonSql, seasons } from './seasons.js';
import { hourMs, windowMs } from './whole-windows.js';

/** What the colony says of itself is learned, and not watched: nobody can deploy it away. */
export const ownService = 'coral-colony';

/** Windows of each metric that are looked at: an hour, when none is missing. */
const looked = 12;
/** How far back they may lie. ms */
export const lookBackMs = 6 * hourMs;
/** A window this many spreads from normal is bad. */
const badScore = 4;
/** … and this many spreads, very bad. */
const severeScore = 10;
/** A spread is at least this share of the normal level: less of a change is no news. */
const leastSpread = 0.05;
/** Bad windows of those looked at, all to one side, that begin trouble. */
const beginsWith = 6;
/** … or so many that are very bad, the newest ones, without a good one between them. */
const beginsWithSevere = 3;
/** Trouble ends when fewer are bad. */
const staysWith = 2;
/** Trouble begins only with news: the newest window is at most so old. ms */
const newsMs = 6 * windowMs;
/** A plain baseline speaks from so many windows on: a day of them. */
const leastSamples = 288;

const [day, week] = seasons as [(typeof seasons)[0], (typeof seasons)[0]];

/**
 * How many spreads a level is away from normal. Above it the logarithm of the ratio is what counts: what
 * is never below zero, such as latency, varies further up than down.
 */
const scoreSql = (mean: string, spread: string) => {
  const least = `greatest(${spread}, ${leastSpread} * abs(${mean}), 1e-12)`;
  return `CASE WHEN ${mean} > 0 AND level > ${mean} THEN ln(level / ${mean}) * ${mean} / ${least}
    ELSE (level - ${mean}) / ${least} END`;
};

const seasonJoinSql = (alias: string, season: (typeof seasons)[0]) =>
  `LEFT JOIN seasonal_baselines ${alias} ON ${alias}.season = '${season.name}'
    AND ${alias}.seasons >= ${season.least} AND ${alias}.hour = ${hourOfSeasonSql(season, 'w.timestamp')}
    AND ${alias}.service_id = w.service_id AND ${alias}.metric_name = w.metric_name`;

/**
 * The newest windows of each metric that has two bad ones to one side at least, held against what is
 * normal. Parameters: $1 and $2 the range.
 *
 * Which yardstick: a pinned baseline; else the hour of the week; else, as long as that is unknown, both
 * the plain week and the hour of the day, of which the kinder one counts: a first Sunday is not like the
 * days before it, and a peak at noon is not like the night.
 */
const deviationsSql = `
WITH windows AS (
  SELECT service_id, metric_name, timestamp, ${levelSql} AS level,
    row_number() OVER (PARTITION BY service_id, metric_name ORDER BY timestamp DESC) AS age
  FROM all_metric_summaries
  WHERE ${hasLevelSql} AND timestamp >= $1 AND timestamp < $2 AND service_id <> '${ownService}'
  QUALIFY age <= ${looked}
),
plain AS (
  SELECT b.service_id, b.metric_name, b.mean, coalesce(b.stddev, 0) AS stddev, b.sample_count,
    p.time_window IS NOT NULL AS pinned
  FROM baselines b LEFT JOIN pinned_baselines p USING (service_id, metric_name, time_window)
  WHERE b.time_window = '7d' AND b.mean IS NOT NULL
),
measured AS (
  SELECT w.*, p.pinned, p.sample_count, p.mean AS plain_mean, p.stddev AS plain_stddev,
    d.mean AS day_mean, d.stddev AS day_stddev, k.mean AS week_mean, k.stddev AS week_stddev
  FROM windows w
  LEFT JOIN plain p ON p.service_id = w.service_id AND p.metric_name = w.metric_name
  ${seasonJoinSql('d', day)}
  ${seasonJoinSql('k', week)}
),
suspects AS (
  SELECT service_id, metric_name FROM measured
  WHERE abs(level - coalesce(week_mean, plain_mean)) > ${badScore} * greatest(
    coalesce(week_stddev, plain_stddev), ${leastSpread} * abs(coalesce(week_mean, plain_mean)), 1e-12)
    OR (pinned AND level <> plain_mean)
  GROUP BY ALL HAVING count(*) >= ${staysWith}
),
-- An hour knows but a few weeks, and may have seen only calm ones: all hours together know more.
pooled AS (
  SELECT service_id, metric_name,
    median(stddev / nullif(abs(mean), 0)) FILTER (season = 'day') AS day_share,
    median(stddev / nullif(abs(mean), 0)) FILTER (season = 'week') AS week_share
  FROM seasonal_baselines JOIN suspects USING (service_id, metric_name)
  GROUP BY ALL
),
widened AS (
  SELECT * REPLACE (
      greatest(day_stddev, coalesce(day_share, 0) * abs(day_mean)) AS day_stddev,
      greatest(week_stddev, coalesce(week_share, 0) * abs(week_mean)) AS week_stddev)
  FROM measured JOIN suspects USING (service_id, metric_name)
  LEFT JOIN pooled USING (service_id, metric_name)
),
scored AS (
  SELECT *, ${scoreSql('plain_mean', 'plain_stddev')} AS plain_score,
    CASE WHEN day_mean IS NOT NULL THEN ${scoreSql('day_mean', 'day_stddev')} END AS day_score,
    CASE WHEN week_mean IS NOT NULL THEN ${scoreSql('week_mean', 'week_stddev')} END AS week_score
  FROM widened
),
chosen AS (
  SELECT *, CASE
      WHEN pinned THEN 'plain'
      WHEN week_score IS NOT NULL THEN 'week'
      WHEN plain_score IS NULL OR sample_count < ${leastSamples} THEN NULL
      WHEN day_score IS NULL OR abs(plain_score) <= abs(day_score) THEN 'plain'
      ELSE 'day'
    END AS yardstick,
    coalesce(yardstick <> 'week' AND NOT pinned AND plain_score * day_score < 0, false) AS contradicts
  FROM scored
),
judged AS (
  SELECT service_id, metric_name, timestamp, age, level,
    CASE WHEN contradicts THEN 0 WHEN yardstick = 'week' THEN week_score
      WHEN yardstick = 'day' THEN day_score WHEN yardstick = 'plain' THEN plain_score END AS score,
    CASE yardstick WHEN 'week' THEN week_mean WHEN 'day' THEN day_mean ELSE plain_mean END AS normal,
    CASE yardstick WHEN 'week' THEN week_stddev WHEN 'day' THEN day_stddev ELSE plain_stddev END AS spread
  FROM chosen
),
sides AS (
  SELECT *, sign(score) AS side FROM judged WHERE abs(score) > ${badScore}
),
counted AS (
  SELECT service_id, metric_name, side, count(*) AS bad,
    count(*) FILTER (age <= ${beginsWithSevere} AND abs(score) > ${severeScore} AND spread > 0) AS severe,
    min(timestamp) AS since, median(level) AS level, median(normal) AS normal,
    median(spread) AS spread, median(abs(score)) AS score
  FROM sides GROUP BY service_id, metric_name, side
)
SELECT c.*, w.newest
FROM counted c
JOIN (SELECT service_id, metric_name, max(timestamp) AS newest
      FROM windows GROUP BY ALL) w USING (service_id, metric_name)
WHERE bad >= ${staysWith}
QUALIFY row_number() OVER (PARTITION BY service_id, metric_name ORDER BY bad DESC) = 1`;

/**
 * Metrics whose level is not normal: half of the last hour's windows, or three very bad ones in a row,
 * begin it, and it goes on until fewer than two in an hour are bad. One spike never begins it, and a
 * metric that flaps is in trouble once.
 *
 * @param isOpen whether it was in trouble before
 */
export async function readDeviations(
  store: Store,
  end: Date,
  isOpen: (service: string, metric: string) => boolean,
  signal?: AbortSignal,
): Promise<Member[]> {
  const from = new Date(end.getTime() - lookBackMs);
  const rows = await store
    .readers()
    .query(deviationsSql, [from, end], { timeoutMs: learnTimeoutMs, signal });
  return rows.flatMap((row): Member[] => {
    const [service, metric] = [row['service_id'] as string, row['metric_name'] as string];
    const bad = row['bad'] as number;
    const isNews = end.getTime() - (row['newest'] as Date).getTime() <= newsMs;
    const begins = isNews && (bad >= beginsWith || (row['severe'] as number) >= beginsWithSevere);
    if (!begins && !isOpen(service, metric)) return [];
    return [
      {
        service,
        metric,
        trouble: (row['side'] as number) > 0 ? 'up' : 'down',
        sinceMs: (row['since'] as Date).getTime(),
        level: row['level'] as number,
        normal: row['normal'] as number,
        spread: row['spread'] as number,
        score: Math.min(row['score'] as number, 1e6),
        bad,
      },
    ];
  });
}
