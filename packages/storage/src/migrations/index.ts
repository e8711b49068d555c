import { initial } from './0001-initial.js';
import { points } from './0002-points.js';
import { history } from './0003-history.js';
import { retention } from './0004-retention.js';
import { rollups } from './0005-rollups.js';
import { learning } from './0006-learning.js';
import { happenings } from './0007-happenings.js';
import { spans } from './0008-spans.js';
import { pointsJournal } from './0009-points-journal.js';
import { historySteps } from './0010-history-steps.js';
import { imports } from './0011-imports.js';
import { wholePercentiles } from './0012-whole-percentiles.js';
import type { Migration } from './migration.js';

/** All migrations, in order, listed by hand so that bundlers and tests see the same ones. */
export const migrations: readonly Migration[] = [
  initial,
  points,
  history,
  retention,
  rollups,
  learning,
  happenings,
  spans,
  pointsJournal,
  historySteps,
  imports,
  wholePercentiles,
];

/** The version that this release writes and reads. */
export const schemaVersion = migrations.length;
