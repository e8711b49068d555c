import type { Store } from '../store.js';
import { formatValue } from './describe-anomaly.js';
import { quoteSql } from './evidence.js';
import type { Finding, Member, OpenCause } from './finding.js';
import { learnTimeoutMs } from './learn-baselines.js';
import { ownService } from './read-deviations.js';
import { dayMs } from './whole-windows.js';

/** A peak is this many times the usual level, to be told; and less, to go on being told. */
const peakBegins = 1.5;
const peakStays = 1.3;
/** … and so many spreads above it. */
const peakScore = 3;
/** Days and weeks that must have shown it. */
const leastDays = 5;
const leastWeeks = 3;
/** Services that are told of, those with the highest peaks. */
const mostServices = 20;
/** Hours that are named. */
const mostHours = 6;
const lastsMs = 14 * dayMs;

/**
 * Hours that stand out, day after day against the metric's median hour, or week after week against the
 * same hour of other days: so that what happens each day is not told of seven times.
 */
const peaksSql = `
WITH days AS (
  SELECT service_id, metric_name, hour, mean, stddev, seasons,
    median(mean) OVER (PARTITION BY service_id, metric_name) AS usual,
    count(*) OVER (PARTITION BY service_id, metric_name) AS hours
  FROM seasonal_baselines
  WHERE season = 'day' AND seasons >= ${leastDays} AND service_id <> '${ownService}'
),
weeks AS (
  SELECT w.service_id, w.metric_name, w.hour, w.mean, w.stddev, w.seasons, d.mean AS usual
  FROM seasonal_baselines w JOIN seasonal_baselines d
    ON d.season = 'day' AND d.service_id = w.service_id AND d.metric_name = w.metric_name
      AND d.hour = w.hour % 24
  WHERE w.season = 'week' AND w.seasons >= ${leastWeeks} AND w.service_id <> '${ownService}'
),
peaks AS (
  SELECT 'day' AS season, * EXCLUDE (hours) FROM days WHERE hours = 24
  UNION ALL
  SELECT 'week' AS season, * FROM weeks
)
SELECT season, service_id, metric_name, max(mean / usual) AS height, min(seasons) AS seasons,
  arg_max(mean, mean / usual) AS level, arg_max(usual, mean / usual) AS usual,
  list(hour ORDER BY mean / usual DESC)[1:${mostHours}]::VARCHAR AS hours
FROM peaks
WHERE usual > 0 AND mean >= ${peakStays} * usual AND mean - usual > ${peakScore} * stddev
GROUP BY season, service_id, metric_name`;

/** Looks for hours at which metrics peak again and again; one finding per service and season. */
export async function findPatterns(
  store: Store,
  open: readonly OpenCause[],
  at: Date,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const rows = await store.readers().query(peaksSql, [], { timeoutMs: learnTimeoutMs, signal });
  const known = new Set(open.filter(({ rests }) => !rests).map(({ cause }) => cause));
  const byCause = new Map<string, Peak[]>();
  for (const row of rows) {
    const peak: Peak = {
      season: row['season'] as Peak['season'],
      service: row['service_id'] as string,
      metric: row['metric_name'] as string,
      height: row['height'] as number,
      seasons: row['seasons'] as number,
      level: row['level'] as number,
      usual: row['usual'] as number,
      hours: JSON.parse(row['hours'] as string) as number[],
    };
    const cause = `pattern:${peak.season}:${peak.service}`;
    if (peak.height < peakBegins && !known.has(cause)) continue;
    byCause.set(cause, [...(byCause.get(cause) ?? []), peak]);
  }
  return [...byCause]
    .map(([cause, peaks]) => ({ cause, peaks: peaks.sort((a, b) => b.height - a.height) }))
    .sort((a, b) => b.peaks[0]!.height - a.peaks[0]!.height)
    .slice(0, mostServices)
    .map(({ cause, peaks }) => describePeaks(cause, peaks, at));
}

interface Peak {
  readonly season: 'day' | 'week';
  readonly service: string;
  readonly metric: string;
  readonly height: number;
  readonly seasons: number;
  readonly level: number;
  readonly usual: number;
  /** The highest first. */
  readonly hours: readonly number[];
}

function describePeaks(cause: string, peaks: readonly Peak[], at: Date): Finding {
  const [first, ...others] = peaks as [Peak, ...Peak[]];
  const { season, service, metric, height, seasons, level, usual, hours } = first;
  const more = others
    .slice(0, 4)
    .map((peak) => `${peak.metric} (${formatValue(peak.height)} times, ${timesOf(peak)})`);
  const than = season === 'day' ? 'its median hour' : 'the same hour of other days';
  return {
    cause,
    since: at,
    insightType: 'pattern',
    priority: 'low',
    title: `${metric} of ${service} peaks every ${season} at ${formatHour(first, hours[0]!)}`.slice(
      0,
      500,
    ),
    summary: [
      `In the last ${seasons} ${season}s ${metric} of ${service} was ${formatValue(height)} times as high as in ${than}: ${formatValue(level)} instead of ${formatValue(usual)}, ${timesOf(first)}.`,
      ...(more.length > 0 ? [`So are ${more.join('; ')}.`] : []),
    ].join(' '),
    affectedServices: [service],
    confidence: Math.round((seasons / (seasons + 1)) * 100) / 100,
    lastsMs,
    facts: { season, hours, metrics: peaks.length },
    members: peaks.map((peak): Member => ({
      service: peak.service,
      metric: peak.metric,
      trouble: 'up',
      sinceMs: at.getTime(),
      level: peak.level,
      normal: peak.usual,
      score: peak.height,
      bad: peak.seasons,
    })),
    evidence: [
      {
        title: `The highest hours of ${metric} of ${service}`,
        keys: 1,
        sql: `SELECT hour, mean, stddev, seasons, sample_count
FROM seasonal_baselines
WHERE season = '${season}' AND service_id = ${quoteSql(service)} AND metric_name = ${quoteSql(metric)}
ORDER BY mean DESC
LIMIT 10`,
      },
    ],
  };
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function timesOf(peak: Peak): string {
  const sorted = [...peak.hours].sort((a, b) => a - b);
  return sorted.map((hour) => formatHour(peak, hour)).join(', ');
}

function formatHour({ season }: Peak, hour: number): string {
  const time = `${String(hour % 24).padStart(2, '0')}:00 UTC`;
  return season === 'day' ? time : `${weekdays[Math.floor(hour / 24)]} ${time}`;
}
