import {
  dirtyWindowsDdl,
  histogramBucketsDdl,
  histogramPointsDdl,
  pointsDdl,
} from '../schema/tables/points.js';
import { seriesDdl } from '../schema/tables/series.js';
import type { Migration } from './migration.js';

/** Raw points and the dictionary of their series, from which summaries are computed. */
export const points: Migration = {
  version: 2,
  name: 'points',
  statements: [seriesDdl, pointsDdl, histogramPointsDdl, histogramBucketsDdl, dirtyWindowsDdl],
};
