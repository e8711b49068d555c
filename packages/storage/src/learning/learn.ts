import type { TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { findAnomalies } from './find-anomalies.js';
import { learnBaselines } from './learn-baselines.js';
import { learnSeasons } from './learn-seasons.js';
import {
  isDue,
  readLearningState,
  writeLearningState,
  type LearningState,
} from './learning-state.js';
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

/** How often trends are looked for. ms */
const trendsEveryMs = 6 * hourMs;

/**
 * Does what is due of learning: baselines, seasons, and insights from what differs from them.
 *
 * Each part notes how far it has come; asking again before there is anything new does nothing. To be
 * run once at a time.
 *
 * @param openedAt since when the colony listens
 */
export async function learn(
  store: Store,
  openedAt: Date,
  { signal }: TaskOptions,
): Promise<LearnResult> {
  const startedAt = performance.now();
  const end = lastWholeWindow(store.now());
  const state = await readLearningState(store.readers());
  const baselines = await learnBaselines(store, state, end, signal);
  const hours = await learnSeasons(store, state, end, signal);
  const insights = await tellAnomalies(store, state, { end, openedAt, signal });
  return { baselines, hours, insights, durationMs: performance.now() - startedAt };
}

interface Search {
  readonly end: Date;
  readonly openedAt: Date;
  readonly signal: AbortSignal | undefined;
}

async function tellAnomalies(
  store: Store,
  state: LearningState,
  { end, openedAt, signal }: Search,
): Promise<TellResult> {
  if (!isDue(state.get('anomalies'), end, windowMs)) return { created: 0, updated: 0, resolved: 0 };
  const trends = isDue(state.get('trends'), end, trendsEveryMs);
  const open = (await readOpenCauses(store.readers())).filter(({ cause }) =>
    cause.startsWith('anomaly:'),
  );
  const findings = await findAnomalies(store, open, { end, openedAt, trends, signal });
  const told = await tell(store, findings, open, store.now());
  await store.write(async (connection) => {
    await writeLearningState(connection, 'anomalies', end);
    if (trends) await writeLearningState(connection, 'trends', end);
  });
  return told;
}
