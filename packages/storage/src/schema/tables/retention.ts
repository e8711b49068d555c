/** What retention took out and can bring back: one row per file in the trash folder. */
export const retentionTrashDdl = `
CREATE TABLE IF NOT EXISTS retention_trash (
    file TEXT PRIMARY KEY,  -- name in {colony_id}.trash
    run_id TEXT NOT NULL,
    table_name TEXT NOT NULL,
    rule TEXT NOT NULL,
    rows BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    oldest TIMESTAMP NOT NULL,
    newest TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP NOT NULL
)`;

/** Until when retention by age leaves rows alone that somebody brought back. */
export const retentionHoldsDdl = `
CREATE TABLE IF NOT EXISTS retention_holds (
    run_id TEXT NOT NULL,
    held_at TIMESTAMP NOT NULL,
    held_until TIMESTAMP NOT NULL
)`;
