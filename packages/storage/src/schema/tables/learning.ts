/**
 * What is normal for a metric in one hour of the day or of the week. No key, no index: an hour's rows
 * are replaced together, and every reader asks for whole hours.
 */
export const seasonalBaselinesDdl = `
CREATE TABLE IF NOT EXISTS seasonal_baselines (
    season TEXT NOT NULL,  -- 'day', 'week'
    hour SMALLINT NOT NULL,  -- UTC; of the day 0 to 23, of the week 0 (Monday, midnight) to 167
    service_id TEXT NOT NULL,
    metric_name TEXT NOT NULL,
    mean DOUBLE NOT NULL,
    stddev DOUBLE NOT NULL,
    p50 DOUBLE,
    p95 DOUBLE,
    p99 DOUBLE,
    sample_count INTEGER NOT NULL,
    seasons INTEGER NOT NULL,  -- in how many days or weeks it was seen
    last_updated TIMESTAMP NOT NULL
)`;

/** Baselines that a person set: learning leaves them alone. */
export const pinnedBaselinesDdl = `
CREATE TABLE IF NOT EXISTS pinned_baselines (
    service_id TEXT NOT NULL,
    metric_name TEXT NOT NULL,
    time_window TEXT NOT NULL
)`;

/** How far each part of learning has come. */
export const learningStateDdl = `
CREATE TABLE IF NOT EXISTS learning_state (
    part TEXT NOT NULL,
    learned_until TIMESTAMP NOT NULL
)`;

/**
 * What goes on now, and the insight that tells of it: one row each, until some hours after it is over.
 * It outlives its insight: what was dismissed and then deleted by age is not told again while it goes on.
 */
export const insightCausesDdl = `
CREATE TABLE IF NOT EXISTS insight_causes (
    cause TEXT NOT NULL,
    insight_id INTEGER NOT NULL,
    since TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL,
    members TEXT NOT NULL,  -- JSON array: which metrics, and what is the matter with them
    rests BOOLEAN NOT NULL,  -- it is over, but may come back
    reopens BOOLEAN NOT NULL  -- its insight was resolved when it was over, and by nobody else
)`;
