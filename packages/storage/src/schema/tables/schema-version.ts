/**
 * Which migrations the file has been through. Source: RFD 010, Future Enhancements; the name and
 * the checksum are ours, so that a migration that changed after its release is noticed.
 */
export const schemaVersionDdl = `
CREATE TABLE IF NOT EXISTS schema_version (
    version INTEGER PRIMARY KEY,
    applied_at TIMESTAMP NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL
)`;
