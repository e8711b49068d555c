import type { TaskOptions } from '../progress.js';
import type { Forecast } from '../retention/read-forecast.js';
import type { Store } from '../store.js';
import { findAnomalies } from './find-anomalies.js';
import { findPatterns } from './find-patterns.js';
import { findRecommendations } from './find-recommendations.js';
import type { Finding, OpenCause } from './finding.js';
import { learnBaselines } from './learn-baselines.js';
import { learnSeasons } from './learn-seasons.js';
import { isDue, readLearningState, writeLearningState } from './learning-state.js';
import { readOpenCauses, tell, type TellResult } from './open-causes.js';
import { hourMs, lastWholeWindow, windowMs } from './whole-windows.js';

/** What learning did. */
export interface LearnResult {
  /** Baselines brought up to date. */
  readonly baselines: number;
  /** Hours of the day and of the week that were. */
  readonly hours: number;
  /** Insights: new ones, those whose cause goes on and was written anew, those whose cause is gone. */
  readonly insights: TellResult;
  readonly durationMs: number;
}

/** What learning needs to know beside the store. */
export interface LearnParts {
  /** Since when the colony listens. */
  readonly openedAt: Date;
  readonly forecast: () => Promise<Forecast>;
}

/** How often trends, which take more time, are looked for. ms */
const trendsEveryMs = 6 * hourMs;

/** A kind of insight: how often it is looked for, and whose causes are its own. */
interface Search {
  readonly name: string;
  readonly everyMs: number;
  readonly prefixes: readonly string[];
  readonly find: (open: readonly OpenCause[]) => Promise<Finding[]>;
}

/**
 * Does what is due of learning: baselines, seasons, and insights from what differs from them.
 *
 * Each part notes how far it has come; asking again before there is anything new does nothing. To be
 * run once at a time.
 */
export async function learn(
  store: Store,
  { openedAt, forecast }: LearnParts,
  { signal }: TaskOptions,
): Promise<LearnResult> {
  const startedAt = performance.now();
  const at = store.now();
  const end = lastWholeWindow(at);
  const state = await readLearningState(store.readers());
  const baselines = await learnBaselines(store, state, end, signal);
  const hours = await learnSeasons(store, state, end, signal);
  const trends = isDue(state.get('trends'), end, trendsEveryMs);
  const searches: readonly Search[] = [
    {
      name: 'anomalies',
      everyMs: windowMs,
      prefixes: ['anomaly:'],
      find: (open) => findAnomalies(store, open, { end, openedAt, trends, signal }),
    },
    {
      name: 'patterns',
      everyMs: 6 * hourMs,
      prefixes: ['pattern:'],
      find: (open) => findPatterns(store, open, at, signal),
    },
    {
      name: 'recommendations',
      everyMs: hourMs,
      prefixes: ['unseen:', 'cardinality:', 'limit:'],
      find: () => findRecommendations(store, forecast, at, signal),
    },
  ];
  const insights = { created: 0, updated: 0, resolved: 0 };
  for (const search of searches) {
    if (!isDue(state.get(search.name), end, search.everyMs)) continue;
    const told = await run(store, search, at);
    await store.write(async (connection) => {
      await writeLearningState(connection, search.name, end);
      if (search.name === 'anomalies' && trends)
        await writeLearningState(connection, 'trends', end);
    });
    insights.created += told.created;
    insights.updated += told.updated;
    insights.resolved += told.resolved;
  }
  return { baselines, hours, insights, durationMs: performance.now() - startedAt };
}

async function run(store: Store, { prefixes, find }: Search, at: Date): Promise<TellResult> {
  const open = (await readOpenCauses(store.readers())).filter(({ cause }) =>
    prefixes.some((prefix) => cause.startsWith(prefix)),
  );
  return tell(store, await find(open), open, at);
}
