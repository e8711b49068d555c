/**
 * The dictionary of time series: strings live here once, and points name them by a number.
 * No index but the key: the running store keeps the dictionary in memory. A series whose points are all
 * gone is taken out, unless it is the last one of its metric.
 */
export const seriesDdl = `
CREATE TABLE IF NOT EXISTS series (
    series_id INTEGER PRIMARY KEY,
    series_key TEXT NOT NULL,  -- canonical identity, as the decoder gave it
    service_id TEXT NOT NULL,
    metric_name TEXT NOT NULL,
    kind TEXT NOT NULL,  -- gauge, sum, histogram, exponential_histogram
    unit TEXT NOT NULL,
    temporality TEXT NOT NULL,  -- unspecified, delta, cumulative
    monotonic BOOLEAN NOT NULL,
    attributes TEXT NOT NULL,  -- JSON object of the data point's attributes
    resource TEXT NOT NULL,  -- JSON object of the resource's attributes
    scope TEXT NOT NULL,
    bounds DOUBLE[] NOT NULL,  -- explicit upper bounds of a histogram, [] otherwise
    first_seen TIMESTAMP NOT NULL
)`;
