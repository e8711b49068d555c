/*
 * What the events and the services' statuses are derived from. All of these are small, and keyed by
 * what they tell of, so that the same telemetry twice changes nothing.
 */

/** Errors that are one error, by the fingerprint of their message: the latest 500 of each service. */
export const logErrorsDdl = `
CREATE TABLE IF NOT EXISTS log_errors (
    service_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    severity TEXT NOT NULL,  -- error, fatal
    template TEXT NOT NULL,  -- the message without what differs each time
    exception_type TEXT NOT NULL,  -- may be empty
    message TEXT NOT NULL,  -- the first one as it came, cut
    first_seen TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (service_id, fingerprint)
)`;

/** How many errors a service logged in a minute; for three hours. */
export const logErrorMinutesDdl = `
CREATE TABLE IF NOT EXISTS log_error_minutes (
    service_id TEXT NOT NULL,
    minute TIMESTAMP NOT NULL,
    first_at TIMESTAMP NOT NULL,  -- time of the first of them
    count BIGINT NOT NULL,
    PRIMARY KEY (service_id, minute)
)`;

/** Requests whose errors are counted, for as long as a sender may repeat one. */
export const countedRequestsDdl = `
CREATE TABLE IF NOT EXISTS counted_requests (
    digest TEXT PRIMARY KEY,
    received_at TIMESTAMP NOT NULL
)`;

/** Events that go on: what comes soon after is added to the event instead of making another. A day. */
export const openEventsDdl = `
CREATE TABLE IF NOT EXISTS open_events (
    event_id INTEGER PRIMARY KEY,
    service_id TEXT NOT NULL,
    kind TEXT NOT NULL,  -- error_burst, fatal_log, many_new_errors
    subject TEXT NOT NULL,  -- the instance, or empty
    started_at TIMESTAMP NOT NULL,
    last_at TIMESTAMP NOT NULL,
    count BIGINT NOT NULL,
    usual DOUBLE NOT NULL,  -- errors a minute before a burst; 0 otherwise
    note TEXT NOT NULL  -- JSON object: what of the event's details stays as it is
)`;

/** Processes that speak for a service, and what tells one from the next; for a day. */
export const serviceInstancesDdl = `
CREATE TABLE IF NOT EXISTS service_instances (
    service_id TEXT NOT NULL,
    instance TEXT NOT NULL,  -- service.instance.id, or what else tells processes apart
    version TEXT,
    started_at TIMESTAMP,  -- by its own clock; absent when it does not say
    newest_time TIMESTAMP NOT NULL,  -- of its telemetry, by its own clock
    first_seen TIMESTAMP NOT NULL,
    last_seen TIMESTAMP NOT NULL,
    last_error_at TIMESTAMP,
    last_error TEXT,  -- its message, cut
    replaced_by TEXT,  -- the instance that came in its place
    PRIMARY KEY (service_id, instance)
)`;

/** Services that are in error by what they log and measure, until that is over. */
export const serviceTroublesDdl = `
CREATE TABLE IF NOT EXISTS service_troubles (
    service_id TEXT PRIMARY KEY,
    since TIMESTAMP NOT NULL,
    reason TEXT NOT NULL
)`;
