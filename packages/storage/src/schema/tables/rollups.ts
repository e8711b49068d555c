/**
 * Distributions from which coarser summaries are computed; one row per metric, either of one
 * 5-minute window or of the closed hours of one day. No key, no index: whole windows are replaced.
 *
 * Bucket i holds counts[i] values from lows[i] to highs[i], both of which occurred. Strings are
 * cheap here, one row being a whole distribution.
 */
export const metricSketchesDdl = `
CREATE TABLE IF NOT EXISTS metric_sketches (
    interval TEXT NOT NULL,  -- '5m', or '1d' for what its closed hours hold so far
    window_start TIMESTAMP NOT NULL,
    service_id TEXT NOT NULL,
    metric_name TEXT NOT NULL,
    is_histogram BOOLEAN NOT NULL,  -- whether the values are spread over buckets of a sender
    count DOUBLE NOT NULL,
    sum DOUBLE,  -- absent for histograms that carry none
    max DOUBLE,
    lows DOUBLE[] NOT NULL,
    highs DOUBLE[] NOT NULL,
    counts DOUBLE[] NOT NULL
)`;

/**
 * The roll-up's work list. '5m': the window's sketch is older than its points; '15m', '1h', '1d':
 * the summaries are older than the sketches.
 */
export const dirtyRollupsDdl = `
CREATE TABLE IF NOT EXISTS dirty_rollups (
    interval TEXT NOT NULL,
    window_start TIMESTAMP NOT NULL,
    PRIMARY KEY (interval, window_start)
)`;

/** Times whose points are gone: what is known of them is final, and points from then are refused. */
export const closedTimesDdl = `
CREATE TABLE IF NOT EXISTS closed_times (
    from_time TIMESTAMP NOT NULL,  -- inclusive
    to_time TIMESTAMP NOT NULL,  -- exclusive
    is_sketched BOOLEAN NOT NULL  -- false: there were no sketches yet, and coarser windows lack it
)`;

/** A file that is older than sketches: those of its points are still to be made. */
export const markStoredPointsSql = `
INSERT INTO dirty_rollups
SELECT DISTINCT '5m', time_bucket(INTERVAL 5 MINUTE, time)
FROM (SELECT time FROM points UNION ALL SELECT time FROM histogram_points)
ON CONFLICT DO NOTHING`;

/** … and before its oldest points there are summaries that no sketch will ever hold. */
export const closeUnsketchedTimesSql = `
INSERT INTO closed_times
SELECT TIMESTAMP '1970-01-01', first_window, false
FROM (SELECT min(window_start) AS first_window FROM dirty_rollups)
WHERE EXISTS (FROM all_metric_summaries WHERE interval = '5m' AND timestamp < first_window)`;
