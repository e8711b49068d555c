/**
 * How far the journal of points has been brought into this database: one row. What the journal's files
 * hold beyond it was acknowledged, and is read at the next start.
 */
export const pointsJournalDdl = `
CREATE TABLE IF NOT EXISTS points_journal (
    drained_until BIGINT NOT NULL
)`;
