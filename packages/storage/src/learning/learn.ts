import type { TaskOptions } from '../progress.js';
import type { Store } from '../store.js';
import { learnBaselines } from './learn-baselines.js';
import { readLearningState } from './learning-state.js';
import { lastWholeWindow } from './whole-windows.js';

/** What learning did. */
export interface LearnResult {
  /** Baselines brought up to date. */
  readonly baselines: number;
  readonly durationMs: number;
}

/**
 * Does what is due of learning: baselines from summaries.
 *
 * Each part notes how far it has come; asking again before there is anything new does nothing. To be
 * run once at a time.
 */
export async function learn(store: Store, { signal }: TaskOptions): Promise<LearnResult> {
  const startedAt = performance.now();
  const end = lastWholeWindow(store.now());
  const state = await readLearningState(store.readers());
  const baselines = await learnBaselines(store, state, end, signal);
  return { baselines, durationMs: performance.now() - startedAt };
}
