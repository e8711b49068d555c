import type { Forecast } from '../retention/read-forecast.js';
import type { ForecastTime } from '../retention/forecast.js';
import type { InsightPriority } from '../schema/tables/insights.js';
import type { Store } from '../store.js';
import { formatTime } from './describe-anomaly.js';
import { quoteSql } from './evidence.js';
import type { EvidenceQuery, Finding } from './finding.js';
import { learnTimeoutMs } from './learn-baselines.js';
import { ownService } from './read-deviations.js';
import { dayMs } from './whole-windows.js';

/** A service is unseen after this. ms */
const unseenMs = 7 * dayMs;
/** Series of one metric of one service that are many … */
const manySeries = 1_000;
/** … and that are a lot. */
const lotsOfSeries = 10_000;
/** Taking the attributes of 200,000 series apart takes seconds; the newest ones tell as much. */
const seriesLookedAt = 10_000;
/** A limit is near when it is reached within this. ms */
const nearMs = 7 * dayMs;
/** Of each kind, so many are told. */
const most = 20;
const lastsMs = 7 * dayMs;

/** What could be tidied up, or must be decided soon. */
export async function findRecommendations(
  store: Store,
  readForecast: () => Promise<Forecast>,
  at: Date,
  signal?: AbortSignal,
): Promise<Finding[]> {
  return [
    ...(await findUnseen(store, at, signal)),
    ...(await findCardinality(store, at, signal)),
    ...findLimits(await readForecast(), at),
  ];
}

interface Recommendation {
  readonly cause: string;
  readonly priority: InsightPriority;
  readonly title: string;
  readonly summary: string;
  readonly services: readonly string[];
  readonly confidence: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly evidence: EvidenceQuery;
}

function recommend(recommendation: Recommendation, at: Date): Finding {
  const { services, evidence, title, ...rest } = recommendation;
  return {
    ...rest,
    title: title.slice(0, 500),
    since: at,
    insightType: 'recommendation',
    affectedServices: services,
    lastsMs,
    members: [],
    evidence: [evidence],
  };
}

async function findUnseen(store: Store, at: Date, signal?: AbortSignal): Promise<Finding[]> {
  const rows = await store.readers().query(
    `SELECT id, last_seen FROM services
     WHERE last_seen < ? AND id <> '${ownService}' ORDER BY last_seen DESC, id LIMIT ${most}`,
    [new Date(at.getTime() - unseenMs)],
    { signal },
  );
  return rows.map((row) => {
    const id = row['id'] as string;
    const lastSeen = row['last_seen'] as Date;
    return recommend(
      {
        cause: `unseen:${id}`,
        priority: 'low',
        title: `${id} has not been seen since ${formatTime(lastSeen)}`,
        summary: `${id} gave its last sign of life at ${formatTime(lastSeen)}. If it is gone for good, storage.retention.services can let it go; if not, look why it sends nothing.`,
        services: [id],
        confidence: 0.9,
        facts: { last_seen: lastSeen },
        evidence: {
          title: 'What is known of the service',
          keys: 1,
          sql: `SELECT id, name, version, status, last_seen\nFROM services\nWHERE id = ${quoteSql(id)}`,
        },
      },
      at,
    );
  });
}

async function findCardinality(store: Store, at: Date, signal?: AbortSignal): Promise<Finding[]> {
  const options = { timeoutMs: learnTimeoutMs, signal };
  const rows = await store.readers().query(
    `SELECT service_id, metric_name, count(*) AS n FROM series
     GROUP BY ALL HAVING n >= ${manySeries} ORDER BY n DESC, service_id, metric_name LIMIT ${most}`,
    [],
    options,
  );
  const findings: Finding[] = [];
  for (const row of rows) {
    const [service, metric] = [row['service_id'] as string, row['metric_name'] as string];
    const count = row['n'] as number;
    const sql = attributesSql(service, metric);
    const [widest] = await store.readers().query(sql, [], options);
    const blame = widest
      ? ` Its attribute ${String(widest['attribute']).slice(0, 200)} has about ${String(widest['different'])} values${count > seriesLookedAt ? ' among the newest 10,000' : ''}: leave it out, or give it fewer.`
      : '';
    findings.push(
      recommend(
        {
          cause: `cardinality:${service}/${metric}`,
          priority: count >= lotsOfSeries ? 'medium' : 'low',
          title: `${metric} of ${service} has more than ${count >= lotsOfSeries ? '10,000' : '1,000'} series`,
          summary: `${metric} of ${service} came in ${count} series so far. Each takes memory and time, though all are one row of a summary.${blame}`,
          services: [service],
          confidence: 1,
          facts: { series: count, ...(widest ? { attribute: widest['attribute'] } : {}) },
          evidence: { title: 'Its attributes and how many values each has', keys: 1, sql },
        },
        at,
      ),
    );
  }
  return findings;
}

function attributesSql(service: string, metric: string): string {
  return `SELECT a.key AS attribute, approx_count_distinct(a.value) AS different, count(*) AS series
FROM (
  SELECT attributes FROM series
  WHERE service_id = ${quoteSql(service)} AND metric_name = ${quoteSql(metric)}
  ORDER BY series_id DESC LIMIT ${seriesLookedAt}
) s, json_each(s.attributes) a
GROUP BY attribute
ORDER BY different DESC, attribute
LIMIT 10`;
}

function findLimits({ budget, disk }: Forecast, at: Date): Finding[] {
  const limits: readonly [string, string, ForecastTime | undefined, string][] = [
    [
      'budget',
      'The size budget',
      budget?.reachedAt,
      'Raise storage.max_size, or keep rows for less time: `coral colony retention forecast` says which take the room.',
    ],
    [
      'disk',
      'The disk',
      disk.reachedAt,
      'Free some of it, set storage.max_size, or keep rows for less time: `coral colony retention forecast` says which take the room.',
    ],
  ];
  return limits.flatMap(([cause, what, reachedAt, advice]) => {
    if (reachedAt === undefined || reachedAt === 'never') return [];
    const leftMs = reachedAt === 'now' ? 0 : reachedAt.getTime() - at.getTime();
    if (leftMs > nearMs) return [];
    const when = reachedAt === 'now' ? 'is used up' : `will be used up at ${formatTime(reachedAt)}`;
    return [
      recommend(
        {
          cause: `limit:${cause}`,
          priority: leftMs <= dayMs ? 'high' : 'medium',
          title: `${what} will be used up within a week`,
          summary: `${what} ${when}, if rows go on coming as they did in the last seven days. ${advice}`,
          services: [],
          confidence: 0.7,
          facts: { reached_at: reachedAt },
          evidence: {
            title: 'Summaries of the newest week, by interval',
            keys: 1,
            sql: `SELECT interval, count(*) AS rows, min(timestamp) AS oldest, max(timestamp) AS newest
FROM all_metric_summaries
WHERE timestamp > (SELECT max(timestamp) FROM all_metric_summaries) - INTERVAL 7 DAY
GROUP BY interval
ORDER BY interval`,
          },
        },
        at,
      ),
    ];
  });
}
