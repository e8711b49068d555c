import {
  insightCausesDdl,
  learningStateDdl,
  pinnedBaselinesDdl,
  seasonalBaselinesDdl,
} from '../schema/tables/learning.js';
import type { Migration } from './migration.js';

/** What is learned beyond the plain baselines, and what insights tell of. */
export const learning: Migration = {
  version: 6,
  name: 'learning',
  statements: [seasonalBaselinesDdl, pinnedBaselinesDdl, learningStateDdl, insightCausesDdl],
};
