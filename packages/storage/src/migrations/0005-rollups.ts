import {
  closeUnsketchedTimesSql,
  closedTimesDdl,
  dirtyRollupsDdl,
  markStoredPointsSql,
  metricSketchesDdl,
} from '../schema/tables/rollups.js';
import type { Migration } from './migration.js';

/** Sketches, from which 15m, 1h and 1d summaries are computed. */
export const rollups: Migration = {
  version: 5,
  name: 'rollups',
  statements: [
    metricSketchesDdl,
    dirtyRollupsDdl,
    closedTimesDdl,
    markStoredPointsSql,
    closeUnsketchedTimesSql,
  ],
};
