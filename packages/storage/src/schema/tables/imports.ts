/**
 * Which ids the rows of an import got that brought none: importing the same rows again, as after a kill,
 * gives them the same.
 */
export const importsDdl = `
CREATE TABLE IF NOT EXISTS imports (
    digest TEXT PRIMARY KEY,  -- SHA-256 of the table's name and all rows in their order
    table_name TEXT NOT NULL,
    first_id INTEGER NOT NULL,  -- the others follow it
    rows INTEGER NOT NULL,  -- how many brought no id
    imported_at TIMESTAMP NOT NULL  -- when for the first time
)`;
