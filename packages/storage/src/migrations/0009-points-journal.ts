import { pointsJournalDdl } from '../schema/tables/points-journal.js';
import type { Migration } from './migration.js';

/** The journal of points, by which they are durable before they are in the database. */
export const pointsJournal: Migration = {
  version: 9,
  name: 'points-journal',
  statements: [pointsJournalDdl, 'INSERT INTO points_journal VALUES (0)'],
};
