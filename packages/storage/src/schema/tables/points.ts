/**
 * Raw values of gauges and sums, as they came, for a few hours. All columns are numbers, no index:
 * that is what makes appending fast.
 */
export const pointsDdl = `
CREATE TABLE IF NOT EXISTS points (
    time TIMESTAMP NOT NULL,
    series_id INTEGER NOT NULL,
    start_time TIMESTAMP NOT NULL,  -- of a sum; 1970-01-01 when unknown
    value DOUBLE NOT NULL
)`;

/** Raw histograms, as they came: one row each, and one in histogram_buckets per filled bucket. */
export const histogramPointsDdl = `
CREATE TABLE IF NOT EXISTS histogram_points (
    time TIMESTAMP NOT NULL,
    series_id INTEGER NOT NULL,
    start_time TIMESTAMP NOT NULL,  -- 1970-01-01 when unknown
    count DOUBLE NOT NULL,
    sum DOUBLE,
    min DOUBLE,
    max DOUBLE,
    scale TINYINT NOT NULL  -- of an exponential histogram, 0 otherwise
)`;

/**
 * Filled buckets of the histograms.
 * explicit: sign 1, bucket i lies above bounds[i] (1-based) up to bounds[i + 1].
 * exponential: sign 1, 0 (the zero bucket) or -1; bucket i covers (base^i, base^(i+1)].
 */
export const histogramBucketsDdl = `
CREATE TABLE IF NOT EXISTS histogram_buckets (
    time TIMESTAMP NOT NULL,
    series_id INTEGER NOT NULL,
    sign TINYINT NOT NULL,
    bucket INTEGER NOT NULL,
    count DOUBLE NOT NULL
)`;

/** Windows whose points are newer than their summaries: the summariser's work list. */
export const dirtyWindowsDdl = `
CREATE TABLE IF NOT EXISTS dirty_windows (
    window_start TIMESTAMP PRIMARY KEY
)`;
