import { manualClock, seededRandom } from '@coral/testkit';
import { openDatabase, type Database, type Insight, type MetricSummary } from '../src/index.js';
import { makers, type Scenario, type Watched } from './scenarios.js';
import { dayMs, hourMs, playSeries, windowMs } from './series.js';

export interface ScenarioOptions {
  readonly directory: string;
  readonly seed: number;
  /** Which; default all. */
  readonly names?: readonly string[] | undefined;
  /** Days before the watched ones. */
  readonly pastDays: number;
  readonly watchedDays: number;
  /** Between two looks. ms, a multiple of five minutes */
  readonly stepMs: number;
  /** For how long the colony itself is stopped, once, in the watched days. ms */
  readonly stoppedMs?: number;
}

export interface ScenarioRun {
  readonly scenario: Scenario;
  /** Anomalies told in the watched days, oldest first, as they were at the end. */
  readonly insights: readonly Insight[];
  /** When each was over. */
  readonly endedAt: ReadonlyMap<number, Date>;
  readonly patterns: readonly Insight[];
  readonly startMs: number;
  /** When watching ended. ms since the start */
  readonly watchedToMs: number;
}

/** A Monday, midnight. */
export const startMs = Date.UTC(2026, 0, 5);

/** Of the past, so much is learned from day by day: what was learned before that is learned anew by then. ms */
const learnedPastMs = 2 * dayMs;

/**
 * Plays all scenarios side by side in one store whose clock goes along: the past a day at a time, the
 * watched days step by step, as a running colony learns.
 */
export async function runScenarios(options: ScenarioOptions): Promise<ScenarioRun[]> {
  const { directory, seed, pastDays, watchedDays, stepMs, stoppedMs = 0 } = options;
  const random = seededRandom(seed);
  const watched: Watched = { fromMs: pastDays * dayMs, toMs: (pastDays + watchedDays) * dayMs };
  const names = options.names ?? Object.keys(makers);
  const scenarios = names.map((name) => {
    const own = seededRandom(random.integer(0, 2 ** 32 - 1));
    return makers[name]!(name.replaceAll(' ', '-'), watched, own);
  });
  const players = scenarios.flatMap(({ series, effects }) =>
    series.map((model) => ({
      model,
      play: playSeries(
        model,
        effects.get(`${model.service} ${model.metric}`) ?? [],
        random.integer(0, 2 ** 32 - 1),
      ),
    })),
  );
  const clock = manualClock(startMs);
  const open = () =>
    openDatabase({ storagePath: directory, colonyId: 'scenarios-dev', now: clock.now });
  let database = await open();
  const endedAt = new Map<number, Date>();
  try {
    await database.observeConnections(
      scenarios.flatMap(({ edges }) =>
        edges.map(([fromService, toService]) => ({ fromService, toService, protocol: 'http' })),
      ),
    );
    const stopAt =
      stoppedMs === 0
        ? Infinity
        : watched.fromMs + Math.floor((random.next() * watchedDays * dayMs) / 2 / stepMs) * stepMs;
    for (let ms = 0; ms < watched.toMs;) {
      const lengthMs = ms < watched.fromMs ? dayMs : stepMs;
      const isStopped = ms >= stopAt && ms < stopAt + stoppedMs;
      const rows = rowsOf(players, ms, lengthMs);
      ms += lengthMs;
      clock.set(startMs + ms + 60_000);
      if (isStopped) {
        if (ms < stopAt + stoppedMs) continue;
        await database.close();
        database = await open();
        continue;
      }
      await database.insertMetricSummaries(rows);
      await recordDeploys(database, scenarios, ms - lengthMs, ms);
      if (ms > watched.fromMs - learnedPastMs) await learnAll(database);
      await noteEnds(database, endedAt, clock.date());
      if (ms % dayMs === 0) await database.seal();
    }
    const all = await database.listInsights({ limit: 100_000 });
    return scenarios.map((scenario) => {
      const own = all
        .filter(({ affectedServices }) => affectedServices[0]?.startsWith(`${scenario.name}/`))
        .filter(({ createdAt }) => createdAt.getTime() > startMs + watched.fromMs + hourMs)
        .sort((a, b) => a.id - b.id);
      return {
        scenario,
        insights: own.filter(({ insightType }) => insightType === 'anomaly'),
        patterns: all.filter(
          ({ insightType, affectedServices }) =>
            insightType === 'pattern' && affectedServices[0]?.startsWith(`${scenario.name}/`),
        ),
        endedAt,
        startMs,
        watchedToMs: watched.toMs,
      };
    });
  } finally {
    await database.close();
  }
}

interface Player {
  readonly model: { readonly service: string; readonly metric: string };
  readonly play: (ms: number) => number | undefined;
}

function rowsOf(players: readonly Player[], fromMs: number, lengthMs: number): MetricSummary[] {
  const rows: MetricSummary[] = [];
  for (let ms = fromMs; ms < fromMs + lengthMs; ms += windowMs) {
    for (const { model, play } of players) {
      const level = play(ms);
      if (level === undefined) continue;
      rows.push({
        timestamp: new Date(startMs + ms),
        serviceId: model.service,
        metricName: model.metric,
        interval: '5m',
        p50: level * 0.9,
        p95: level * 2,
        p99: level * 3,
        mean: level,
        max: level * 4,
        count: 30,
      });
    }
  }
  return rows;
}

/** One run takes but a day of each season. */
async function learnAll(database: Database): Promise<void> {
  let left: number;
  do left = (await database.learn()).hours;
  while (left > 2);
}

async function recordDeploys(
  database: Database,
  scenarios: readonly Scenario[],
  fromMs: number,
  toMs: number,
): Promise<void> {
  for (const { service, atMs } of scenarios.flatMap(({ deploys }) => deploys)) {
    if (atMs < fromMs || atMs >= toMs) continue;
    await database.recordEvent({
      serviceId: service,
      eventType: 'deploy',
      timestamp: new Date(startMs + atMs),
      details: { version: '2.0.0' },
    });
  }
}

async function noteEnds(database: Database, endedAt: Map<number, Date>, now: Date): Promise<void> {
  for (const { id } of await database.listInsights({ status: 'resolved', limit: 100_000 })) {
    if (!endedAt.has(id)) endedAt.set(id, now);
  }
}
